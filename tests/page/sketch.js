// sketch.js - a picture of a page as text: the mean colour of each block, one hexadecimal digit for red, green, blue.
//
// Small enough to be kept (a picture of 1 MB becomes 5 KB), coarse enough that another version of the browser draws the
// same, fine enough that a part that is missing, moved or of another colour is seen. What a difference looks like is in
// the folder of the test: the whole picture.
'use strict';
const fs = require('node:fs');

const BLOCKS = { 390: 26, 1200: 40 };	// pixels of a block's side, by the width of the window
const STEPS = 2;			// of 16: differences up to this are the drawing, not the page
const SHARE = 0.01;			// of the blocks may differ by more

// `png` drawn small by `page`, an empty page: lines of blocks.
async function sketchDraw(page, png, width) {
	return page.evaluate(async ({ data, block }) => {
		const picture = new Image();
		picture.src = `data:image/png;base64,${data}`;
		await picture.decode();
		const columns = Math.floor(picture.width / block), rows = Math.floor(picture.height / block);
		const canvas = new OffscreenCanvas(picture.width, picture.height);
		const pen = canvas.getContext('2d', { willReadFrequently: true });
		pen.drawImage(picture, 0, 0);
		const lines = [];
		for (let y = 0; y < rows; y++) {
			let line = '';
			for (let x = 0; x < columns; x++) {
				const { data: dots } = pen.getImageData(x * block, y * block, block, block);
				for (let colour = 0; colour < 3; colour++) {
					let sum = 0;
					for (let i = colour; i < dots.length; i += 4)
						sum += dots[i];
					line += Math.min(15, Math.round(sum / (block * block) / 17)).toString(16);
				}
			}
			lines.push(line);
		}
		return lines;
	}, { data: png.toString('base64'), block: BLOCKS[width] });
}

// What is different, in words; null: nothing that counts.
function sketchCompare(is, was) {
	if (Math.abs(is.length - was.length) > 1)
		return `${is.length} rows of blocks, ${was.length} before`;
	const rows = Math.min(is.length, was.length);
	let blocks = 0, others = 0, first = null;
	for (let y = 0; y < rows; y++)
		for (let x = 0; x + 3 <= Math.max(is[y].length, was[y].length); x += 3) {
			const differs = [0, 1, 2].some(k => Math.abs(parseInt(is[y][x + k], 16) -
				parseInt(was[y][x + k], 16)) > STEPS);
			blocks++;
			others += differs;
			if (differs && first === null)
				first = `row ${y}, column ${x / 3}`;
		}
	return others > blocks * SHARE ? `${others} of ${blocks} blocks are different, the first in ${first}` : null;
}

// How wide some words are: of other fonts nothing can be compared.
function fontsMeasure(page) {
	return page.evaluate(() => {
		const pen = new OffscreenCanvas(1, 1).getContext('2d');
		return ['system-ui', 'sans-serif'].map(font => {
			pen.font = `100px ${font}`;
			return ['The whole stack is down', '停止しています'].map(words =>
				Math.round(pen.measureText(words).width)).join(' ');
		}).join(' ');
	});
}

function sketchRead(file) {
	return fs.existsSync(file) ? fs.readFileSync(file, 'utf-8').trimEnd().split('\n') : null;
}

function sketchWrite(file, lines) {
	fs.writeFileSync(file, `${lines.join('\n')}\n`);
}

module.exports = { sketchDraw, sketchCompare, sketchRead, sketchWrite, fontsMeasure };
