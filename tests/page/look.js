// look.js FOLDER - every page of every state, narrow and wide, light and dark, in each language: opened in Chromium.
//
// axe-core finds nothing, html-validate finds nothing, nothing is wider than a phone of 320 px, nothing is asked of
// another host, the page's own policy is never violated, without script it is the same picture, and it looks as it was
// last looked at and found good (sketches/; SHOREWATCH_GOLDEN=update writes them, FOLDER keeps the whole pictures).
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const axe = require('axe-core');
const { HtmlValidate } = require('html-validate');
const { shelfOpen, browserOpen, clockSet, pagesFind, Faults } = require('./shelf.js');
const { sketchDraw, sketchCompare, sketchRead, sketchWrite, fontsMeasure } = require('./sketch.js');

const FOLDER = process.argv[2];
const SKETCHES = path.join(__dirname, 'sketches');
const UPDATES = process.env.SHOREWATCH_GOLDEN === 'update';
const STATES = ['up', 'site-down', 'stack-down', 'isolated', 'planned', 'stopped', 'unknown', 'many'];
const STALE_OF = 'up';			// the state that is also looked at when it has been open for too long
const SKETCHED = ['up', 'site-down', 'stack-down', 'isolated', 'planned', 'stale'];
const WIDTHS = [390, 1200], SCHEMES = ['light', 'dark'];
const OPEN_TOO_LONG_MS = 300001;
const faults = new Faults();

// ---- words of the files ----

// Integrity hashes are for what comes from others; of each state the policy names the one style by its hash.
const checker = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:document'],
	rules: { 'require-sri': ['error', { target: 'crossorigin' }] } });

function isKiosk(name) {
	return path.basename(name) === 'kiosk.html';
}

// A kiosk's page is loaded again, that is what it is for; whoever calls his sites nothing, or a megabyte, gets that.
function isExcused(name, rule) {
	return (isKiosk(name) && rule === 'meta-refresh') ||
		(name.startsWith('hostile') && ['long-title', 'empty-heading', 'wcag/h30'].includes(rule));
}

async function filesCheck(root) {
	const names = pagesFind(root);
	for (const name of names) {
		const text = fs.readFileSync(path.join(root, name), 'utf-8');
		const report = await checker.validateString(text, name);
		for (const { ruleId, message, line } of report.results.flatMap(result => result.messages))
			if (!isExcused(name, ruleId))
				faults.add(`${name}:${line}`, `${ruleId}: ${message}`);
	}
	return names.length;
}

// ---- a page, open ----

async function pageOpen(context, address, where) {
	await clockSet(context, address);
	const page = await context.newPage();
	page.on('request', request => {
		if (!request.url().startsWith(new URL(address).origin + '/') && !request.url().startsWith('data:'))
			faults.add(where, `asks ${request.url()}`);
	});
	page.on('response', answer => {
		if (answer.status() !== 200)
			faults.add(where, `${answer.status()} for ${answer.url()}`);
	});
	page.on('console', message => faults.add(where, `console: ${message.text()}`));
	page.on('pageerror', fault => faults.add(where, String(fault)));
	await page.goto(address, { waitUntil: 'load' });
	return page;
}

// As if it had been open for five minutes: the clock of its style sheet is moved.
async function pageAge(page) {
	await page.evaluate(ms => {
		for (const animation of document.getAnimations()) {
			animation.pause();
			if (animation.animationName !== 'alive') // would ask for the next report's picture
				animation.currentTime = ms;
		}
	}, OPEN_TOO_LONG_MS);
	const state = await page.evaluate(() => getComputedStyle(document.querySelector('.stale')).visibility);
	return state === 'visible';
}

async function axeCheck(page, where) {
	await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
	await page.evaluate(axe.source);
	const found = await page.evaluate(options => window.axe.run(document, options), {
		resultTypes: ['violations'],
		rules: isKiosk(where.split(' ')[0]) ? { 'meta-refresh': { enabled: false } } : {} });
	for (const violation of found.violations)
		faults.add(where, `axe ${violation.id} (${violation.impact}): ` +
			violation.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', '));
}

async function narrowCheck(page, where) {
	await page.setViewportSize({ width: 320, height: 640 });
	const width = await page.evaluate(() => document.documentElement.scrollWidth);
	if (width > 320)
		faults.add(where, `is ${width} px wide in a window of 320`);
}

// Without script it is the same page.
async function plainCheck(browser, address, options, picture, where) {
	const context = await browser.newContext({ ...options, javaScriptEnabled: false });
	const page = await pageOpen(context, address, where);
	if (!picture.equals(await page.screenshot({ fullPage: true })))
		faults.add(where, 'looks different without script');
	await context.close();
}

// ---- words from outside ----

// What a page is made of, as the browser has understood it: elements and the names of their attributes.
function skeletonRead(page) {
	return page.evaluate(() => [...document.querySelectorAll('*')].map(one =>
		`${one.localName} ${one.getAttributeNames().join(' ')}`).join('\n'));
}

// No word from outside, whatever it holds, changes what the page is made of.
async function hostileCheck(tools, root) {
	for (const file of ['index.html', 'index.ja.html']) {
		let skeleton = null;
		for (const state of fs.readdirSync(root).filter(name => name.startsWith('hostile')).sort()) {
			const where = `${file} ${state}`, context = await tools.browser.newContext();
			const page = await pageOpen(context, `${tools.shelf.address}/${state}/${file}`, where);
			const is = await skeletonRead(page);
			skeleton = skeleton || is;
			if (is !== skeleton)
				faults.add(where, 'is made of other elements than the page of other words');
			await context.close();
		}
	}
}

// ---- one look ----

async function lookWrite(tools, name, picture, width, isSketched) {
	fs.writeFileSync(path.join(FOLDER, `${name}.png`), picture);
	if (!isSketched)
		return;
	const file = path.join(SKETCHES, `${name}.txt`);
	const is = await sketchDraw(tools.blank, picture, width);
	if (UPDATES)
		sketchWrite(file, is);
	const was = sketchRead(file);
	if (tools.fontsDiffer)
		return;
	const difference = was === null ? 'no sketch is kept; SHOREWATCH_GOLDEN=update writes it' : sketchCompare(is, was);
	if (difference)
		faults.add(name, `${difference}; see ${path.join(FOLDER, `${name}.png`)}`);
}

// One scheme a language is kept: the other differs in nothing that is drawn.
function isKept(state, file, scheme) {
	return (SKETCHED.includes(state) || file.startsWith('g/')) && scheme === (file.endsWith('.ja.html') ? 'dark' : 'light');
}

// Of the pages that are made alike, and where: the check with a history, an open incident, one that is over.
const FOLDERS = {
	'': { 'history': ['up', 'unknown'] },
	g: { 'group-1': ['many'] },
	t: { 'mkapi': SKETCHED, 'target-5': ['many'] },
	incidents: { '20261121-1': ['site-down', 'stack-down', 'stopped'], '2026-3': ['up'] },
};

function isLookedAt(state, file) {
	const [folder, name] = file.includes('/') ? file.split('/') : ['', file];
	const [plain] = name.split('.');
	return folder === '' && plain !== 'history' || (FOLDERS[folder][plain] || []).includes(state);
}

async function look(tools, state, file, width, scheme) {
	const isStale = state === 'stale', folder = isStale ? STALE_OF : state;
	const where = `${file} ${state} ${width} ${scheme}`;
	const address = `${tools.shelf.address}/${folder}/${file}`;
	const options = { viewport: { width, height: 800 }, colorScheme: scheme };
	const context = await tools.browser.newContext(options);
	const page = await pageOpen(context, address, where);
	if (isStale && !await pageAge(page))
		faults.add(where, 'does not say that it was open for too long');
	const picture = await page.screenshot({ fullPage: true });
	const name = `${state}-${file.replace(/\.html$/, '').replace(/[^a-z0-9]+/gi, '-')}-${width}-${scheme}`;
	await lookWrite(tools, name, picture, width, isKept(state, file, scheme));
	await axeCheck(page, where);
	await narrowCheck(page, where);
	if (!isStale && width === WIDTHS[0] && scheme === SCHEMES[0])
		await plainCheck(tools.browser, address, options, picture, where);
	await context.close();
}

// ---- all of them ----

async function main() {
	const root = path.join(FOLDER, 'pages');
	const files = await filesCheck(root);
	const tools = { shelf: await shelfOpen(root), browser: await browserOpen(), fontsDiffer: false };
	tools.blank = await tools.browser.newPage();
	const fonts = [await fontsMeasure(tools.blank)], file = path.join(SKETCHES, 'fonts');
	if (UPDATES)
		sketchWrite(file, fonts);
	tools.fontsDiffer = (sketchRead(file) || []).join() !== fonts.join();
	if (tools.fontsDiffer)
		console.log('NOT COMPARED with the sketches: the fonts of this machine are other ones');
	await hostileCheck(tools, root);
	let looks = 0;
	for (const state of [...STATES, 'stale']) {
		const folder = path.join(root, state === 'stale' ? STALE_OF : state);
		for (const page of pagesFind(folder).filter(name => isLookedAt(state, name)))
			for (const width of WIDTHS)
				for (const scheme of SCHEMES) {
					await look(tools, state, page, width, scheme);
					looks++;
				}
	}
	await tools.browser.close();
	tools.shelf.close();
	faults.end(`${files} files read, ${looks} looks taken: nothing to find fault with`);
}

main().catch(fault => {
	console.error(fault);
	process.exit(1);
});
