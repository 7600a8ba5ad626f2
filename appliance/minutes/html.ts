import { type Block, blocksOf, titleOf, type Writing } from './blocks.ts'
import { staysWhole, widthsOf } from './columns.ts'
import type { Minutes } from './minutes.ts'

/** One page for print (A4) that loads nothing, from which the PDF is made. */
export function html(minutes: Minutes, writing: Writing): string {
	const { language } = writing
	const body = blocksOf(minutes, writing).map(write).join('\n')
	return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${safe(titleOf(minutes, language))}</title><style>${style}</style></head>
<body>
${body}
</body>
</html>
`
}

const style = `
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font: 9pt sans-serif; color: #555; } }
body { font: 10.5pt/1.5 "Pretendard GOV", "Noto Sans CJK KR", "Noto Sans KR", sans-serif; color: #111; margin: 0; word-break: keep-all; }
h1 { font-size: 18pt; line-height: 1.3; margin: 0 0 6mm; padding-bottom: 3mm; border-bottom: 2pt solid #111; text-wrap: balance; }
h2 { font-size: 12.5pt; margin: 8mm 0 2.5mm; break-after: avoid; }
p { margin: 0 0 3mm; overflow-wrap: anywhere; }
.leads { break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm; margin: 0; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: 0 0 4mm; }
thead { display: table-header-group; }
tr, .whole { break-inside: avoid; }
th { text-align: left; font-weight: 600; background: #f1f3f5; }
th, td { padding: 1.4mm 2mm; border-bottom: .4pt solid #bbb; vertical-align: top; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; }
.short, .number { white-space: nowrap; }
.number { text-align: right; }
`

function write(block: Block): string {
	switch (block.type) {
		case 'heading':
			return `<h${block.level}>${safe(block.text)}</h${block.level}>`
		case 'paragraph':
			return `<p${block.leads ? ' class="leads"' : ''}>${safe(block.text)}</p>`
		case 'facts': {
			const rows = block.rows.map(([label, value]) => `<dt>${safe(label)}</dt><dd>${safe(value)}</dd>`)
			return `<dl>${rows.join('')}</dl>`
		}
		case 'table': {
			const widths = widthsOf(block).map((width) => `<col style="width:${width / 100}%">`)
			const kind = (i: number) => (block.columns[i] === 'text' ? '' : ` class="${block.columns[i]}"`)
			const head = block.head.map((cell, i) => `<th scope="col"${kind(i)}>${safe(cell)}</th>`)
			const rows = block.rows.map(
				(row) => `<tr>${row.map((cell, i) => `<td${kind(i)}>${safe(cell)}</td>`).join('')}</tr>`,
			)
			return `<table${staysWhole(block) ? ' class="whole"' : ''}><colgroup>${widths.join('')}</colgroup><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
		}
	}
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function safe(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}
