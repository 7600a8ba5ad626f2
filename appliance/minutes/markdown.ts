import { type Block, blocksOf, type Writing } from './blocks.ts'
import type { Minutes } from './minutes.ts'

/** As Markdown (CommonMark with GitHub's tables). */
export function markdown(minutes: Minutes, writing: Writing): string {
	return `${blocksOf(minutes, writing).map(write).join('\n\n')}\n`
}

function write(block: Block): string {
	switch (block.type) {
		case 'heading':
			return `${'#'.repeat(block.level)} ${plain(block.text)}`
		case 'paragraph':
			return plain(block.text)
		case 'facts':
			return block.rows.map(([label, value]) => `- **${plain(label)}**: ${plain(value)}`).join('\n')
		case 'table': {
			const line = (cells: string[]) => `| ${cells.map(plain).join(' | ')} |`
			return [line(block.head), `|${' --- |'.repeat(block.head.length)}`, ...block.rows.map(line)].join('\n')
		}
	}
}

/** Nothing that somebody typed becomes markup. */
function plain(text: string): string {
	return text
		.replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&')
		.replace(/^(\d+)([.)])/, '$1\\$2')
		.replace(/^([-+=])/, '\\$1')
}
