import { setTimeout as sleep } from 'node:timers/promises'
import { type Guest, shell } from './guest.ts'

/** The service of a machine, as systemd and its own clients there see it. */
export interface Service {
	readonly pid: number
	/** An answer's body. `body` makes it a POST, or what `method` says. */
	request(path: string, body?: object, method?: 'POST' | 'PUT'): Promise<unknown>
	/** Asks systemd to stop it; what came of it, by systemd's own words. */
	stop(): Promise<{ result: string; code: number; ms: number }>
}

const upMs = 120_000

/** Lets systemd start it with this configuration, and does not wait. */
export async function beginService(guest: Guest, configuration: object): Promise<void> {
	// YAML is JSON with other ways to write it.
	const yaml = JSON.stringify({ room: { name: '대회의실' }, ...configuration })
	await shell(
		guest,
		`cat >/etc/maru/maru.yaml <<'END'\n${yaml}\nEND
		systemctl reset-failed maru 2>/dev/null || true
		systemctl restart --no-block maru`,
	)
}

/** The service that was begun, when it answers. Throws with its log where it does not. */
export async function openService(guest: Guest): Promise<Service> {
	const address = 'http://127.0.0.1:8080/api/v1'
	const up = await shell(guest, untilUp(address)).catch(async (error: unknown) => {
		throw new Error(await shell(guest, 'journalctl -u maru --no-pager | tail -40'), { cause: error })
	})
	const said = await shell(guest, 'journalctl -u maru -b --no-pager -o cat | grep "^  panel " | tail -1')
	const [, token] = said.trim().split('#')
	return {
		pid: Number(up),
		async request(path, body, method = 'POST') {
			const sending = body ? `-X ${method} -H 'content-type: application/json' -d '${JSON.stringify(body)}'` : ''
			const answer = await shell(guest, `curl -sS -H 'authorization: Bearer ${token}' ${sending} ${address}${path}`)
			return answer === '' ? null : JSON.parse(answer)
		},
		async stop() {
			const began = performance.now()
			await shell(guest, 'systemctl stop maru')
			const ms = performance.now() - began
			const said = await shell(guest, 'systemctl show maru -p Result -p ExecMainStatus -p ExecMainCode')
			const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(said)?.[1] ?? ''
			return { result: field('Result'), code: Number(field('ExecMainStatus')), ms }
		},
	}
}

/** Says the pid of the service as soon as it answers; fails where systemd has given up, or it takes too long. */
const untilUp = (address: string) => `
for i in $(seq ${upMs / 200}); do
	[ "$(systemctl show maru -p NRestarts --value)" = 0 ] || exit 1
	if curl -sS -o /dev/null ${address}/health 2>/dev/null; then exec systemctl show maru -p MainPID --value; fi
	sleep 0.2
done
exit 1`

/** Waits until `met` holds; throws after this long. How long it took, in milliseconds. */
export async function until(met: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<number> {
	const began = performance.now()
	while (!(await met())) {
		if (performance.now() - began > withinMs) throw new Error(`waited in vain until ${what}`)
		await sleep(50)
	}
	return performance.now() - began
}
