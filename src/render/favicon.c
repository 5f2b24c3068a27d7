/*
 * favicon.c - one small picture a state, told apart by shape.
 *
 * Linked by name, so that a cache cannot show yesterday's state.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "render/page.h"
#include "render/page_facts.h"

static const struct favicon {
	const char *name, *drawing;
} favicons[] = {
	{ "up", "<circle cx=\"16\" cy=\"16\" r=\"15\" fill=\"#0c7a60\"/>"
		"<path d=\"M9 16.6l5 5 9.4-10.6\" fill=\"none\" stroke=\"#fff\" "
		"stroke-width=\"3.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>" },
	{ "slow", "<path d=\"M16 2l15 27H1z\" fill=\"#c98200\"/>"
		  "<path d=\"M16 11v9m0 4.4v.4\" fill=\"none\" stroke=\"#fff\" "
		  "stroke-width=\"3.4\" stroke-linecap=\"round\"/>" },
	{ "down", "<path d=\"M1 1h30v30H1z\" fill=\"#b01f13\"/>"
		  "<path d=\"M9.5 9.5l13 13m0-13l-13 13\" fill=\"none\" stroke=\"#fff\" "
		  "stroke-width=\"4\" stroke-linecap=\"round\"/>" },
	{ "maint", "<path d=\"M16 1.5L30.5 16 16 30.5 1.5 16z\" fill=\"#3453ad\"/>"
		   "<path d=\"M16 10v12M10 16h12\" fill=\"none\" stroke=\"#fff\" "
		   "stroke-width=\"3.2\"/>" },
	{ "unknown", "<circle cx=\"16\" cy=\"16\" r=\"13\" fill=\"none\" stroke=\"#5b6873\" "
		     "stroke-width=\"4\" stroke-dasharray=\"5.2 3.0\"/>"
		     "<path d=\"M12.5 13a3.6 3.6 0 1 1 5 3.3c-1 .5-1.5 1.1-1.5 2.3m0 3.6v.3\" "
		     "fill=\"none\" stroke=\"#5b6873\" stroke-width=\"2.6\" "
		     "stroke-linecap=\"round\"/>" },
};

const char *page_favicon_name(const struct model *model)
{
	struct facts facts;

	facts_gather(model, &facts);
	return look_of(&facts)->favicon;
}

void page_favicon(const char *name, struct buf *to)
{
	const struct favicon *icon = favicons;

	while (strcmp(icon->name, name) != 0) {
		icon++;
		assert(icon < favicons + sizeof favicons / sizeof *favicons);
	}
	buf_printf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">%s</svg>\n",
		   icon->drawing);
}
