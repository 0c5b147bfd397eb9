// Writes a page for each component of GOV.UK Frontend and USWDS, from their own examples, into a folder. Both are installed beside it by
// `just truth`, never kept in the project.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [, , modules, out] = process.argv;
const require = createRequire(path.join(path.resolve(modules), 'x.js'));
const Twig = require('twig');

const page = (set, name, css, body) => {
  fs.mkdirSync(path.join(out, set), { recursive: true });
  const html = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${name}</title><link rel="stylesheet" href="/${css}"></head>\n<body>${body}</body></html>\n`;
  fs.writeFileSync(path.join(out, set, `${name}.html`), html);
};

const govuk = path.join(modules, 'govuk-frontend/dist/govuk');
for (const name of fs.readdirSync(path.join(govuk, 'components'))) {
  const file = path.join(govuk, 'components', name, 'fixtures.json');
  if (!fs.existsSync(file)) continue;
  page('govuk', name, 'style.css', JSON.parse(fs.readFileSync(file)).fixtures.map((one) => one.html).join('\n'));
}
fs.copyFileSync(path.join(govuk, 'govuk-frontend.min.css'), path.join(out, 'govuk/style.css'));

const uswds = path.join(modules, '@uswds/uswds');
for (const name of fs.readdirSync(path.join(uswds, 'packages'))) {
  const source = path.join(uswds, 'packages', name, 'src');
  if (!fs.existsSync(source)) continue;
  const content = path.join(source, 'content');
  const data = fs.existsSync(content) ? fs.readdirSync(content).filter((file) => file.endsWith('.json') && !file.startsWith('test')) : [];
  let body = '';
  for (const file of fs.readdirSync(source).filter((file) => file.endsWith('.twig'))) {
    const own = path.basename(file, '.twig');
    const values = data.filter((one) => one === `${own}.json` || one.startsWith(`${own}~`)).map((one) => JSON.parse(fs.readFileSync(path.join(content, one))));
    for (const value of values.length ? values : [{}]) {
      try {
        body += Twig.twig({ data: fs.readFileSync(path.join(source, file), 'utf8'), rethrow: true, allowInlineIncludes: false }).render(value);
      } catch (error) {
        console.error(`${name}/${file}: ${error.message ?? error}`);
      }
    }
  }
  if (body.trim()) page('uswds', name, 'style.css', body);
}
fs.copyFileSync(path.join(uswds, 'dist/css/uswds.min.css'), path.join(out, 'uswds/style.css'));
