import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fanOut } from './fan-out.ts'
import type { Figure } from './figures.ts'
import { ratio, table } from './figures.ts'
import { firstFrame } from './first-frame.ts'
import { httpViewers } from './http.ts'
import { anotherKind } from './kind.ts'
import { linkToFrame } from './link.ts'
import { mutesAgree } from './mute.ts'
import { pageAmongEighty } from './page.ts'
import { eightyPeople } from './people.ts'
import { costOfProcesses } from './processes.ts'
import { relayDelay } from './relay-delay.ts'
import { relayViewers } from './relay-viewers.ts'
import { rtspIngest } from './rtsp.ts'
import { tapToWire } from './tap.ts'
import { twoHundredPeople } from './two-hundred.ts'
import { commandToWire } from './wire.ts'

/** `npm run bench [tap|wire|link|floor|kind|rtsp|first|mute|people|two-hundred|page|processes|http|viewers|relay-delay …]`: prints a table and writes test-results/bench.json. */
const parts: Record<string, (port: number) => Promise<Figure[]>> = {
	tap: tapToWire,
	wire: commandToWire,
	link: linkToFrame,
	floor: fanOut,
	kind: anotherKind,
	rtsp: rtspIngest,
	first: firstFrame,
	mute: mutesAgree,
	processes: costOfProcesses,
	people: eightyPeople,
	'two-hundred': twoHundredPeople,
	page: pageAmongEighty,
	http: httpViewers,
	viewers: relayViewers,
	'relay-delay': relayDelay,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
	console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)
	process.exit(2)
}

const figures: Figure[] = []
let port = 18_080
for (const [name, measure] of Object.entries(parts)) {
	if (asked.length > 0 && !asked.includes(name)) continue
	console.error(`measuring ${name} …`)
	figures.push(...(await measure(port)))
	port += 1_000
}
console.log(table(figures))

const results = join(import.meta.dirname, '../../test-results')
mkdirSync(results, { recursive: true })
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
const record = {
	commit,
	at: new Date().toISOString(),
	machine: { cores: cpus().length, model: cpus()[0]?.model },
	figures: figures.map((figure) => ({ ...figure, ratio: ratio(figure) })),
}
writeFileSync(join(results, 'bench.json'), `${JSON.stringify(record, null, '\t')}\n`)
