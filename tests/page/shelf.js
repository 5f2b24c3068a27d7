// shelf.js - a folder served as any file server does it, a browser, and a list of what is wrong.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
	'.json': 'application/json', '.atom': 'application/atom+xml', '.js': 'text/javascript; charset=utf-8' };

// Serves `folder` on a free port of the loopback: {address, close}.
async function shelfOpen(folder) {
	const server = http.createServer((request, answer) => {
		const name = decodeURIComponent(new URL(request.url, 'http://shelf').pathname);
		fs.readFile(path.join(folder, path.normalize(name)), (fault, bytes) => {
			answer.writeHead(fault ? 404 : 200, { 'Cache-Control': 'no-store',
				'Content-Type': TYPES[path.extname(name)] || 'text/plain' });
			answer.end(fault ? '' : bytes);
		});
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

// The sandbox of Chromium needs rights that root in a container lacks; only our own pages are opened.
function browserOpen() {
	return chromium.launch({ executablePath: process.env.BROWSER, args: ['--no-sandbox'] });
}

// The reader's clock stands where a report at `address` is a few seconds old, or `later` seconds after its time.
async function clockSet(context, address, later = -25) {
	const text = await (await fetch(address)).text(), due = /data-due datetime="([^"]+)"/.exec(text);
	if (due)
		await context.clock.setFixedTime(new Date(Date.parse(due[1]) + later * 1000));
}

// Every page below `folder`, by its name there.
function pagesFind(folder) {
	return fs.readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.html')).sort();
}

class Faults {
	constructor() { this.list = []; }
	add(where, what) {
		this.list.push(`${where}: ${what}`);
		console.log(`FAULT ${where}: ${what}`);
	}
	// Ends the program: 0 when nothing was wrong.
	end(summary) {
		console.log(this.list.length ? `${this.list.length} faults` : summary);
		process.exit(this.list.length ? 1 : 0);
	}
}

module.exports = { shelfOpen, browserOpen, clockSet, pagesFind, Faults };
