/** What `roll.links` answers of each of the roll. */
export interface PersonalLink {
	id: string
	name: string
	title: string
	bureau: string
	email: string | null
	link: string
}

/** As a spreadsheet opens it: with the mark of UTF-8, and no cell that is taken for a formula. */
export function csvOfLinks(links: readonly PersonalLink[]): string {
	const rows = links.map(({ name, title, bureau, email, link }) => [name, title, bureau, email ?? '', link])
	const lines = [['name', 'title', 'bureau', 'email', 'link'], ...rows].map((row) => row.map(cell).join(','))
	return `\ufeff${lines.join('\r\n')}\r\n`
}

function cell(text: string): string {
	const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text
	return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** A mailto address with subject and text; the link stands on a line of its own. */
export function letterOf({ email, link }: PersonalLink, subject: string, text: string): string {
	const body = `${text}\r\n\r\n${link}\r\n`
	return `mailto:${email ?? ''}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`
}
