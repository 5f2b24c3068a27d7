// client.js FOLDER ADDRESS - the page at ADDRESS, read by the client "statuspage.io" installed below FOLDER.
//
// Every endpoint it has is asked for; what came is printed as one line of JSON.
const path = require('node:path');
const [folder, address] = process.argv.slice(2);
const { Statuspage } = require(path.join(folder, 'node_modules', 'statuspage.io'));

const page = new Statuspage('shorewatch');
for (const holder of [page, page.api.incidents, page.api.scheduledMaintenances, page.api.subscribers])
	if (holder && holder.apiClient) {
		holder.apiClient.defaults.baseURL = address;
		holder.apiClient.defaults.proxy = false;
	}

(async () => {
	const found = {
		summary: await page.getSummary(),
		status: await page.getStatus(),
		components: await page.getComponents(),
		incidents: await page.api.incidents.getAll(),
		unresolved: await page.api.incidents.getUnresolved(),
		planned: await page.api.scheduledMaintenances.getAll(),
		upcoming: await page.api.scheduledMaintenances.getUpcoming(),
		active: await page.api.scheduledMaintenances.getActive(),
	};
	console.log(JSON.stringify(found));
})().catch(fault => {
	console.error(String(fault));
	process.exit(1);
});
