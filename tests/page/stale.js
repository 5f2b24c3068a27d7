// stale.js FOLDER - a page tells on its maker (status-page.md 5), without script, also where motion is unwanted.
//
// The maker lives: report N+1 is there when it is asked for, after 41 s, and nothing is said, not for a moment. He is
// dead: the page confesses at 45 s. Kept open for 300 s it says so and loses its colour. The clock of the animations runs FASTER times as fast
// as ours; SHOREWATCH_REAL=1 lets it run as it does (five minutes). What moves it is no script of the page.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { shelfOpen, browserOpen, clockSet, Faults } = require('./shelf.js');

const FOLDER = process.argv[2];
const FASTER = process.env.SHOREWATCH_REAL === '1' ? 1 : 20;
const ASKED_AFTER_S = 41, SAID_AFTER_S = 45, STALE_AFTER_S = 300;
const LATE_S = 5 * FASTER;		// by the page's clock: a busy machine is late
const faults = new Faults();

// ---- what is to be seen ----

// Of the strip at the bottom and of the cover at the top: whether somebody who looks sees the words.
function seen(page) {
	return page.evaluate(() => {
		const strip = document.querySelector('.alive'), words = strip && strip.querySelector('p');
		const cover = document.querySelector('.stale');
		return {
			confesses: Boolean(strip) && getComputedStyle(strip).visibility === 'visible' &&
				words.getBoundingClientRect().top < strip.getBoundingClientRect().bottom,
			isOld: getComputedStyle(cover).visibility === 'visible',
			isGrey: getComputedStyle(document.querySelector('.hero')).filter.includes('grayscale'),
		};
	});
}

// ---- a page that stays open ----

class Watched {
	// `options` of the browser's context; `name` for the faults.
	static async open(browser, address, name, options) {
		const one = new Watched();
		one.name = name;
		one.context = await browser.newContext(options);
		one.page = await one.context.newPage();
		const tools = await one.context.newCDPSession(one.page);
		await tools.send('Animation.enable');
		await tools.send('Animation.setPlaybackRate', { playbackRate: FASTER });
		one.asked = [];
		one.opened = Date.now();
		one.page.on('request', request => {
			if (request.url().includes('/alive/'))
				one.asked.push(one.age());
		});
		await clockSet(one.context, address);
		await one.page.goto(address);
		return one;
	}

	// Seconds of the page's own clock since it was asked for: its animations began a little later.
	age() { return (Date.now() - this.opened) / 1000 * FASTER; }

	// Waits until it is so old, or until `holds` of what is seen.
	async until(seconds, holds = () => false) {
		for (;;) {
			const is = await seen(this.page);
			if (holds(is) || this.age() >= seconds)
				return is;
			await this.page.waitForTimeout(20);
		}
	}

	demand(holds, what) {
		if (!holds)
			faults.add(this.name, what);
	}
}

// ---- stories ----

function askedCheck(one) {
	one.demand(one.asked.length === 1 && one.asked[0] >= ASKED_AFTER_S && one.asked[0] <= ASKED_AFTER_S + LATE_S,
		`asked for the next report after ${one.asked.join(' s, ') || 'infinitely many'} s`);
}

async function firstMinute(one, isMakerDead) {
	const before = await one.until(ASKED_AFTER_S - 1);
	one.demand(!before.confesses && !before.isOld && !before.isGrey, 'says that it is old when it is new');
	one.demand(one.asked.length === 0, `asked for the next report after ${one.asked[0]} s`);
	// At that pace an answer comes after its four seconds: only in real time nothing may flash up.
	const is = await one.until(SAID_AFTER_S + LATE_S, now => now.confesses && (isMakerDead || FASTER === 1));
	one.demand(is.confesses === isMakerDead, isMakerDead ? 'does not confess that nobody writes it any more'
		: 'confesses while its maker lives');
	askedCheck(one);
	return one.age();
}

async function fifthMinute(one) {
	const before = await one.until(STALE_AFTER_S - FASTER);
	one.demand(!before.isOld && !before.isGrey, 'is old before its time');
	const is = await one.until(STALE_AFTER_S + LATE_S, now => now.isOld && now.isGrey);
	one.demand(is.isOld, 'does not say that it was open for five minutes');
	one.demand(is.isGrey, 'keeps its colour when it is old');
}

async function story(browser, address, name, options, isMakerDead) {
	const one = await Watched.open(browser, address, name, options);
	const said = await firstMinute(one, isMakerDead);
	await fifthMinute(one);
	console.log(`${name}: asked after ${one.asked.map(s => s.toFixed(1))} s, ` +
		`${isMakerDead ? 'confessed' : 'had nothing to confess'} at ${said.toFixed(1)} s, old at ${one.age().toFixed(1)} s`);
	await one.context.close();
}

// The picture that report N+1 would have written, with the words of the one of report N.
function nextReportWrite(folder) {
	const [now] = fs.readdirSync(path.join(folder, 'alive'));
	const next = `${parseInt(now, 10) + 1}.svg`;
	fs.copyFileSync(path.join(folder, 'alive', now), path.join(folder, 'alive', next));
}

// With script a page knows its own age: one that was old when it was opened says so at once.
async function oldCheck(browser, address) {
	const context = await browser.newContext(), page = await context.newPage();
	await clockSet(context, address, 299);
	await page.goto(address);
	if ((await seen(page)).isOld)
		faults.add('opened late', 'says that it is old before it is');
	await clockSet(context, address, 301);
	await page.reload();
	const is = await seen(page);
	if (!is.isOld || !is.isGrey)
		faults.add('opened too late', 'does not say at once that it is old');
	await context.close();
}

// Nobody watches any more, and the page says so: it need not find out.
async function stoppedCheck(browser, address) {
	const one = await Watched.open(browser, address, 'stopped', {});
	const is = await one.until(SAID_AFTER_S + LATE_S / 2);
	one.demand(!is.confesses && one.asked.length === 0, 'is a tombstone and still looks for its maker');
	await one.context.close();
}

async function main() {
	const root = path.join(FOLDER, 'pages'), shelf = await shelfOpen(root), browser = await browserOpen();
	nextReportWrite(path.join(root, 'up'));
	const living = `${shelf.address}/up/index.html`, dead = `${shelf.address}/stack-down/index.ja.html`;
	await Promise.all([
		story(browser, living, 'the maker lives', {}, false),
		story(browser, living, 'lives, without script', { javaScriptEnabled: false }, false),
		story(browser, dead, 'dead', {}, true),
		story(browser, dead, 'dead, without script', { javaScriptEnabled: false }, true),
		story(browser, dead, 'dead, without motion', { reducedMotion: 'reduce' }, true),
		oldCheck(browser, dead),
		stoppedCheck(browser, `${shelf.address}/stopped/index.html`),
	]);
	await browser.close();
	shelf.close();
	faults.end('every page told on its maker when it had to, and not before');
}

main().catch(fault => {
	console.error(fault);
	process.exit(1);
});
