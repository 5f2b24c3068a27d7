// firefox.js FOLDER - pages of some states in headless Firefox, narrow and wide, light and dark, by WebDriver BiDi.
//
// Nothing is wider than its window, nothing is asked of another host or not found, nothing is said on the console and
// the page's policy is never violated. FOLDER keeps the pictures: they are looked at by whoever runs this.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { ws: WebSocket } = require('playwright-core/lib/utilsBundle');
const { shelfOpen, Faults } = require('./shelf.js');

const FOLDER = process.argv[2];
const WIDTHS = [390, 1200], SCHEMES = ['dark', 'light'];	// the preference's numbers are 0 and 1
const PAGES = ['up/index.html', 'stack-down/index.html', 'planned/index.html', 'isolated/index.ja.html',
	'site-down/t/mkapi.html', 'site-down/t/mkapi.ja.html', 'stack-down/incidents/20261121-1.html', 'up/history.html',
	'many/index.html', 'many/g/group-1.html', 'kiosk/kiosk.html', 'stopped/index.html'];
const faults = new Faults();

// ---- the browser ----

function profileWrite(scheme) {
	const folder = fs.mkdtempSync(path.join(FOLDER, 'profile-'));
	const settings = { 'layout.css.prefers-color-scheme.content-override': SCHEMES.indexOf(scheme),
		'datareporting.policy.dataSubmissionEnabled': false, 'app.update.enabled': false,
		'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
		'browser.safebrowsing.downloads.enabled': false, 'services.settings.server': 'http://127.0.0.1:9/',
		'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': 9,
		'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': 9, 'network.proxy.no_proxies_on': '127.0.0.1' };
	fs.writeFileSync(path.join(folder, 'user.js'), Object.entries(settings).map(([name, value]) =>
		`user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
	return folder;
}

// Where it listens is told by itself.
async function firefoxStart(scheme) {
	const profile = profileWrite(scheme);
	const child = spawn(process.env.BROWSER, ['--headless', '--no-remote', '--profile', profile,
		'--remote-debugging-port=0'], { env: { ...process.env, HOME: profile }, stdio: ['ignore', 'ignore', 'pipe'] });
	const address = await new Promise((done, fail) => {
		let said = '';
		child.stderr.on('data', bytes => {
			said += bytes;
			const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
			if (found)
				done(found[1]);
		});
		child.on('exit', () => fail(new Error(`Firefox ended: ${said}`)));
	});
	return { child, profile, address };
}

// Commands and their answers over one socket; `on` is given the events.
class Bidi {
	constructor(socket, on) {
		this.socket = socket;
		this.waiting = new Map();
		socket.on('message', bytes => {
			const message = JSON.parse(bytes);
			if (message.type === 'event')
				on(message);
			else
				this.answered(message);
		});
	}
	answered(message) {
		const { done, fail } = this.waiting.get(message.id);
		this.waiting.delete(message.id);
		if (message.type === 'success')
			done(message.result);
		else
			fail(new Error(`${message.error}: ${message.message}`));
	}
	send(method, params) {
		const id = ++Bidi.last;
		return new Promise((done, fail) => {
			this.waiting.set(id, { done, fail });
			this.socket.send(JSON.stringify({ id, method, params }));
		});
	}
}
Bidi.last = 0;

async function sessionOpen(address, on) {
	const socket = new WebSocket(`${address}/session`);
	await new Promise((done, fail) => socket.on('open', done).on('error', fail));
	const bidi = new Bidi(socket, on);
	await bidi.send('session.new', { capabilities: {} });
	await bidi.send('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent',
		'network.responseCompleted'] });
	return bidi;
}

// ---- one look ----

function eventJudge(event, origin, where) {
	const { params } = event;
	if (event.method === 'log.entryAdded')
		faults.add(where, `console: ${params.text}`);
	else if (!/^(data|about|resource|chrome):/.test(params.request.url) && !params.request.url.startsWith(origin))
		faults.add(where, `asks ${params.request.url}`);
	else if (event.method === 'network.responseCompleted' && params.response.status >= 400)
		faults.add(where, `${params.response.status} for ${params.request.url}`);
}

// Before the page does anything: its reader's clock stands where the report is a few seconds old, and what its policy
// forbids is heard. The policy does not hold for this.
const LISTEN = `() => {
	window.violations = [];
	Date.now = () => Date.parse(document.querySelector('time[data-due]').dateTime) - 25000;
	document.addEventListener('securitypolicyviolation', event =>
		window.violations.push(event.effectiveDirective + ' ' + event.blockedURI));
}`;
const MEASURE = `JSON.stringify({ width: document.documentElement.scrollWidth, violations: window.violations,
	room: document.documentElement.clientWidth, wide: [...document.querySelectorAll('body *')].filter(one =>
		one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !one.closest('.clip, .vh')).slice(0, 3).map(one => one.localName + '.' + (one.getAttribute('class') || '')) })`;

async function look(bidi, context, page, address, width, scheme) {
	const where = `${page} ${width} ${scheme}`;
	await bidi.send('browsingContext.setViewport', { context, viewport: { width, height: 800 } });
	await bidi.send('browsingContext.navigate', { context, url: `${address}/${page}`, wait: 'complete' });
	const answer = await bidi.send('script.evaluate', { expression: MEASURE, target: { context }, awaitPromise: false });
	const is = JSON.parse(answer.result.value);
	if (is.width > is.room || is.wide.length > 0)
		faults.add(where, `is ${is.width} px wide in a window of ${is.room}: ${is.wide.join(', ')}`);
	for (const violation of is.violations)
		faults.add(where, `violates its policy: ${violation}`);
	const picture = await bidi.send('browsingContext.captureScreenshot', { context, origin: 'document' });
	const name = `${page.replace(/\.html$/, '').replace(/[^a-z0-9]+/gi, '-')}-${width}-${scheme}.png`;
	fs.writeFileSync(path.join(FOLDER, name), Buffer.from(picture.data, 'base64'));
}

async function schemeLook(shelf, scheme) {
	const firefox = await firefoxStart(scheme);
	let where = 'start';
	const bidi = await sessionOpen(firefox.address, event => eventJudge(event, `${shelf.address}/`, where));
	const { contexts: [{ context }] } = await bidi.send('browsingContext.getTree', {});
	await bidi.send('script.addPreloadScript', { functionDeclaration: LISTEN });
	let looks = 0;
	for (const page of PAGES)
		for (const width of WIDTHS) {
			where = `${page} ${width} ${scheme}`;
			await look(bidi, context, page, shelf.address, width, scheme);
			looks++;
		}
	firefox.child.removeAllListeners('exit');
	const ended = new Promise(done => firefox.child.on('exit', done));
	await bidi.send('browser.close', {});
	await ended;
	fs.rmSync(firefox.profile, { recursive: true, force: true });
	return looks;
}

async function main() {
	const shelf = await shelfOpen(path.join(FOLDER, 'pages'));
	let looks = 0;
	for (const scheme of SCHEMES)
		looks += await schemeLook(shelf, scheme);
	shelf.close();
	faults.end(`${looks} looks taken in Firefox: nothing to find fault with; the pictures are in ${FOLDER}`);
}

main().catch(fault => {
	console.error(fault);
	process.exit(1);
});
