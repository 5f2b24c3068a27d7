// nginx.js FOLDER - the pages as the real nginx serves them with the configuration of `shorewatch snippets nginx`.
//
// With the headers that are added there nothing of a page is refused, nothing is said on the console, and whether the
// page may be framed is as page.frame_ancestors says: by nobody, or by its own host.
'use strict';
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { execFileSync, spawn } = require('node:child_process');
const { browserOpen, clockSet, Faults } = require('./shelf.js');

const FOLDER = process.argv[2], PROGRAM = process.env.PROGRAM;
const PAGES = ['', 'index.ja.html', 't/mkapi.html', 'incidents/20261121-1.html', 'history.html'];
const FRAME = 'frame.html';		// a page of the same host that shows the page in a frame
const faults = new Faults();

// ---- the server ----

async function portFind() {
	const server = net.createServer();
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	const { port } = server.address();
	await new Promise(done => server.close(done));
	return port;
}

function snippetWrite(folder, root, option) {
	const file = path.join(folder, 'shorewatch.cfg');
	fs.writeFileSync(file, `instance = "test";
state_dir = "${folder}/state";
page = { dir = "${root}"; ${option} };
targets = ( { name = "blog"; tcp = { address = "127.0.0.1:9"; }; } );
`);
	const text = execFileSync(PROGRAM, ['snippets', 'nginx', '-c', file], { encoding: 'utf-8' });
	fs.writeFileSync(path.join(folder, 'snippet.conf'), text);
}

async function nginxStart(root, option) {
	const folder = fs.mkdtempSync(path.join(FOLDER, 'server-')), port = await portFind();
	snippetWrite(folder, root, option);
	fs.writeFileSync(path.join(folder, 'nginx.conf'), `${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
error_log stderr;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
	include /etc/nginx/mime.types;
	access_log off;
	${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
	server { listen 127.0.0.1:${port}; include ${folder}/snippet.conf; }
}
`);
	const child = spawn('nginx', ['-c', path.join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
	const address = `http://127.0.0.1:${port}`;
	for (let tries = 0; tries < 100; tries++) {
		const is = await fetch(`${address}/`).then(answer => answer.status, () => 0);
		if (is === 200)
			return { child, address };
		await new Promise(done => setTimeout(done, 100));
	}
	child.kill();
	throw new Error('nginx does not serve the page');
}

async function nginxEnd(server) {
	const ended = new Promise(done => server.child.on('exit', done));
	server.child.kill();
	await ended;
}

// ---- looks ----

async function pageLook(browser, address, name, policy) {
	const context = await browser.newContext();
	await clockSet(context, `${address}/${name}`);
	const page = await context.newPage();
	page.on('console', message => faults.add(name, `console: ${message.text()}`));
	page.on('pageerror', fault => faults.add(name, String(fault)));
	page.on('requestfailed', request => faults.add(name, `${request.url()}: ${request.failure().errorText}`));
	page.on('response', answer => {
		if (answer.status() !== 200)
			faults.add(name, `${answer.status()} for ${answer.url()}`);
	});
	await context.addInitScript(() => {
		window.violations = [];
		document.addEventListener('securitypolicyviolation', event =>
			window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
	});
	const answer = await page.goto(`${address}/${name}`, { waitUntil: 'load' });
	for (const violation of await page.evaluate(() => window.violations))
		faults.add(name, `violates its policy: ${violation}`);
	if (answer.headers()['content-security-policy'] !== policy)
		faults.add(name, `is served with ${answer.headers()['content-security-policy']}`);
	if (await page.evaluate(() => document.styleSheets[0].cssRules.length) < 50)
		faults.add(name, 'has no style');
	await context.close();
}

// Whether the page is there in a frame of its own host.
async function isFramed(browser, address) {
	const page = await browser.newPage();
	await page.goto(`${address}/${FRAME}`, { waitUntil: 'load' });
	const [frame] = page.mainFrame().childFrames();
	const isThere = await frame.evaluate(() => document.querySelector('.hero') !== null);
	await page.close();
	return isThere;
}

async function main() {
	const root = path.join(FOLDER, 'pages', 'site-down');
	const browser = await browserOpen();
	fs.writeFileSync(path.join(root, FRAME), '<!doctype html><title>frame</title><iframe src="index.html"></iframe>\n');
	for (const [option, policy, framed] of [['', "frame-ancestors 'none'", false],
		['frame_ancestors = [ "self" ];', "frame-ancestors 'self'", true]]) {
		const server = await nginxStart(root, option);
		for (const name of PAGES)
			await pageLook(browser, server.address, name, policy);
		if (await isFramed(browser, server.address) !== framed)
			faults.add(policy, framed ? 'is not shown in a frame' : 'is shown in a frame');
		await nginxEnd(server);
	}
	await browser.close();
	faults.end(`${PAGES.length} pages served by nginx: nothing is refused, and frames are as configured`);
}

main().catch(fault => {
	console.error(fault);
	process.exit(1);
});
