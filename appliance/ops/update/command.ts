import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataDirOf, loadConfig } from '../../config.ts'
import { loopbackOrigin, placePorts } from '../../config-ports.ts'
import { defaultConfig } from '../../config-schema.ts'
import { faultOf, StepFault } from './fault.ts'
import { openUpdate } from './file.ts'
import { healthFaults } from './gate.ts'
import { meetingGoesOn, whatIsInstalled } from './installed.ts'
import { judge, partsToInstall } from './judge.ts'
import { thisMachine } from './machine.ts'
import { copyProgram } from './program.ts'
import { repack } from './repack.ts'
import { makeKeys, readKeys } from './sign.ts'
import type { State } from './state.ts'
import { carryOut, type Gate, perform } from './steps.ts'
import { openStore, placesIn, stillRuns, thisRunner } from './store.ts'
import { ending, faultWords, type Language, languageOf, stepWords } from './words.ts'

/**
 * `maru update`. Exit codes: 0 the new version runs; 1 it was not begun, nothing was changed; 2 it was asked wrongly; 3 it
 * failed and the previous version runs; 4 somebody has to look.
 */

const usage = `maru update FILE [--downgrade] [--now] [--ready-within SECONDS] [--steady-for SECONDS]
maru update --status
maru update keygen FILE     makes FILE, which signs updates, and FILE.pub, which lets a machine take them`

/** systemd/maru-update-recover.service names it as well. */
const home = '/var/lib/maru-update'
/** Brought by the package, so that an update can bring the next one's key; and whom the house trusts besides. */
const keyFiles = ['/usr/share/maru/update.pub', '/etc/maru/update.pub']

/** Answers with the exit code. */
export async function update(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
	const asked = readArgs(args)
	if (asked === null) {
		console.error(usage)
		return 2
	}
	const { file, keygen, status, ...wish } = asked
	if (keygen !== null) return makeKeyFiles(keygen)
	if (status) return tellStatus(languageOf(env, roomLanguage(env)))
	const config = loadConfig(env)
	const language = languageOf(env, config.config?.room.language ?? 'ko')
	const origin = loopbackOrigin(await placePorts(config.config ?? defaultConfig('demo'), config.port))
	try {
		if (process.getuid?.() !== 0) throw new StepFault('not-root')
		return await updateFrom(file, { ...wish, language, origin, dataDir: dataDirOf(env) })
	} catch (error) {
		// Before anything was begun.
		console.error(ending({ step: 'refused', from: '', to: '', why: faultOf(error), unwell: null }, language))
		return 1
	}
}

interface Wish {
	downgrade: boolean
	now: boolean
	readyMs: number
	steadyMs: number
}

interface Asked extends Wish {
	language: Language
	origin: string
	dataDir: string
}

async function updateFrom(path: string, asked: Asked): Promise<number> {
	const { language, dataDir, origin } = asked
	const places = placesIn(home)
	const store = openStore(places)
	const left = store.read()
	if (left) throw new StepFault(stillRuns(left.runner) ? 'under-way' : 'cut-off')
	const opened = await openUpdate(path, acceptedKeys()).catch((error) => {
		throw new StepFault('no-file', faultOf(error).detail)
	})
	try {
		const { found } = opened
		const installed = await whatIsInstalled({ dataDir, home, origin })
		const refusal = judge(found, installed, asked, Date.now())
		if (refusal || !found.manifest) throw new StepFault(refusal?.code ?? 'no-update', refusal?.detail)

		const machine = thisMachine(`${origin}/api/v1/health`)
		const gate: Gate = { ...asked, before: { health: [], doctor: [] } }
		const prepare = async () => {
			mkdirSync(places.parts, { recursive: true, mode: 0o700 })
			const content = await opened.extract(places.parts)
			const second = judge({ ...found, content }, installed, asked, Date.now())
			if (second) throw new StepFault(second.code, second.detail)
			await repack('maru', join(places.work, 'tree'), places.previous)
			await copyProgram(places.program)
			const { health } = await machine.look()
			gate.before = { health: healthFaults(health ?? {}), doctor: await machine.doctor() }
			// That took a while: one may have begun meanwhile.
			if (!asked.now && (await meetingGoesOn(dataDir, origin))) throw new StepFault('meeting')
		}
		const { version: to } = found.manifest
		const install = partsToInstall(found.manifest, installed.packages)
		const began: State = {
			...{ step: 'prepare', from: installed.version, to, began: Date.now(), install, why: null, unwell: null },
		}
		rmSync(places.work, { recursive: true, force: true })
		outliveTheTerminal()
		const ended = await carryOut(
			began,
			(step, state) => {
				console.log(`… ${stepWords(step, language)}`)
				return perform({ machine, places, dataDir, prepare, gate }, step, state)
			},
			(state) => store.write({ state, runner: thisRunner(), dataDir, language }),
		)
		if (ended.step === 'stuck') {
			console.error(ending(ended, language))
			return 4
		}
		const { from, why, unwell } = ended
		store.finish({ from, to, began: ended.began, why, unwell, end: ended.step, at: Date.now() })
		const code = { new: 0, refused: 1, old: unwell ? 4 : 3 }[ended.step]
		console[code === 0 ? 'log' : 'error'](ending(ended, language))
		return code
	} finally {
		await opened.close()
	}
}

/** Whoever closes the window, or presses Ctrl-C, doesn't end it halfway. */
function outliveTheTerminal() {
	for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => {})
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

function acceptedKeys() {
	return keyFiles.filter((path) => existsSync(path)).flatMap((path) => readKeys(readFileSync(path, 'utf8')))
}

function roomLanguage(env: NodeJS.ProcessEnv): Language {
	try {
		return loadConfig(env).config?.room.language ?? 'ko'
	} catch {
		return 'ko' // a fault in it is not what was asked about
	}
}

function tellStatus(language: Language): number {
	if (process.getuid?.() !== 0) {
		console.error(faultWords({ code: 'not-root', detail: '' }, language))
		return 1
	}
	const store = openStore(placesIn(home))
	const kept = store.read()
	if (kept) {
		const { state, runner } = kept
		const doing = stepWords(state.step, language)
		const ending = faultWords({ code: 'cut-off', detail: '' }, language)
		console.log(`${state.from} → ${state.to}: ${stillRuns(runner) ? doing : ending}`)
		return stillRuns(runner) ? 0 : 4
	}
	const last = store.last()
	if (last) console.log(`${new Date(last.at).toISOString()}  ${ending({ ...last, step: last.end }, language)}`)
	else console.log(language === 'ko' ? '업데이트한 적이 없습니다' : 'there was no update yet')
	return 0
}

/** Neither file may be there: who signs with a key that is gone can update no machine any more. */
function makeKeyFiles(file: string): number {
	const { secret, open } = makeKeys()
	try {
		mkdirSync(dirname(file), { recursive: true })
		if (existsSync(`${file}.pub`)) throw new Error(`there is ${file}.pub already`)
		writeFileSync(file, secret, { mode: 0o600, flag: 'wx' })
		writeFileSync(`${file}.pub`, open, { flag: 'wx', mode: 0o644 })
	} catch (error) {
		console.error(faultOf(error).detail)
		return 1
	}
	console.log(`${file} signs updates: keep it where nobody else reads it. ${file}.pub belongs in /etc/maru/update.pub.`)
	return 0
}

function readArgs(args: string[]) {
	try {
		const options = {
			downgrade: { type: 'boolean' },
			now: { type: 'boolean' },
			status: { type: 'boolean' },
			'ready-within': { type: 'string' },
			'steady-for': { type: 'string' },
		} as const
		const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
		const { downgrade = false, now = false, status = false } = values
		const readyMs = seconds(values['ready-within'] ?? '180')
		const steadyMs = seconds(values['steady-for'] ?? '30')
		const [first = '', second] = positionals
		const keygen = first === 'keygen' && second !== undefined ? second : null
		if (first === 'keygen' && keygen === null) return null
		const wanted = status ? 0 : keygen === null ? 1 : 2
		if (positionals.length !== wanted || readyMs === null || steadyMs === null) return null
		return { file: first, keygen, status, downgrade, now, readyMs, steadyMs }
	} catch {
		return null
	}
}

const seconds = (text: string) => (/^\d{1,5}$/.test(text) ? Number(text) * 1_000 : null)
