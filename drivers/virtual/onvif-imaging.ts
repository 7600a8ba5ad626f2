import { videoSource } from './onvif-media.ts'
import { invalid, ns, type Operation, Refusal, required, type Service, unsupported } from './onvif-soap.ts'
import { childOf, type XmlElement } from './onvif-xml.ts'

/** The imaging service (ver20) of a virtual ONVIF camera: its focus. Pure but for the clock. */

export interface ImagingFaults {
	/** Its focus is its own affair: no Move, no focus in the settings. */
	noFocus?: boolean
	/** Move is refused while it focuses by itself. By the specification Move ends that. */
	refuseFocusInAuto?: boolean
}

/** 0 near .. 1 far. */
export interface Focus {
	mode: 'AUTO' | 'MANUAL'
	position: number
	moving: boolean
}

/** From end to end in two seconds. */
const fastest = 0.5

export function createImaging(faults: ImagingFaults, now: () => number): { service: Service; focus(): Focus } {
	let mode: Focus['mode'] = 'AUTO'
	let position = 0.5
	let at = now()
	/** Units per second, towards the target. */
	let velocity = 0
	let target = 0

	function look(): void {
		const time = now()
		const way = (velocity * (time - at)) / 1_000
		at = time
		if (velocity === 0) return
		if (Math.abs(way) < Math.abs(target - position)) position += way
		else {
			position = target
			velocity = 0
		}
	}

	function move(to: number, speed: number): void {
		look()
		mode = 'MANUAL'
		target = Math.min(1, Math.max(0, to))
		velocity = Math.sign(target - position) * Math.abs(speed) * fastest
	}

	const number = (element: XmlElement | undefined, name: string, low: number, otherwise?: number) => {
		const text = childOf(element, ns.tt, name)?.text
		if (text === undefined && otherwise !== undefined) return otherwise
		const value = Number(text)
		if (text === undefined || text === '' || !(value >= low && value <= 1))
			throw invalid('SettingsInvalid', `${name} ${text}`)
		return value
	}

	const own: Record<string, Operation> = {
		GetImagingSettings: () =>
			`<timg:ImagingSettings><tt:Brightness>50</tt:Brightness><tt:ColorSaturation>50</tt:ColorSaturation><tt:Contrast>50</tt:Contrast>${faults.noFocus ? '' : `<tt:Focus><tt:AutoFocusMode>${mode}</tt:AutoFocusMode></tt:Focus>`}</timg:ImagingSettings>`,
		GetOptions: () =>
			`<timg:ImagingOptions><tt:Brightness><tt:Min>0</tt:Min><tt:Max>100</tt:Max></tt:Brightness>${faults.noFocus ? '' : '<tt:Focus><tt:AutoFocusModes>AUTO</tt:AutoFocusModes><tt:AutoFocusModes>MANUAL</tt:AutoFocusModes></tt:Focus>'}</timg:ImagingOptions>`,
		SetImagingSettings(request) {
			const focus = childOf(childOf(request, ns.timg, 'ImagingSettings'), ns.tt, 'Focus')
			const wanted = childOf(focus, ns.tt, 'AutoFocusMode')?.text
			if (focus && (faults.noFocus || (wanted !== 'AUTO' && wanted !== 'MANUAL'))) throw invalid('SettingsInvalid')
			look()
			if (wanted === 'AUTO' || wanted === 'MANUAL') mode = wanted
			if (wanted === 'AUTO') velocity = 0
			return ''
		},
		GetMoveOptions() {
			if (faults.noFocus) return '<timg:MoveOptions/>'
			const range = (name: string, low: number) => `<tt:${name}><tt:Min>${low}</tt:Min><tt:Max>1</tt:Max></tt:${name}>`
			return `<timg:MoveOptions><tt:Absolute>${range('Position', 0)}${range('Speed', 0)}</tt:Absolute><tt:Relative>${range('Distance', -1)}${range('Speed', 0)}</tt:Relative><tt:Continuous>${range('Speed', -1)}</tt:Continuous></timg:MoveOptions>`
		},
		Move(request) {
			if (faults.noFocus) throw unsupported('Move')
			if (faults.refuseFocusInAuto && mode === 'AUTO') throw new Refusal(['OperationProhibited'], 'autofocus is on')
			const focus = childOf(request, ns.timg, 'Focus')
			const [absolute, relative, continuous] = ['Absolute', 'Relative', 'Continuous'].map((way) =>
				childOf(focus, ns.tt, way),
			)
			look()
			if (absolute) move(number(absolute, 'Position', 0), number(absolute, 'Speed', 0, 1))
			else if (relative) move(position + number(relative, 'Distance', -1), number(relative, 'Speed', 0, 1))
			else if (continuous) {
				const speed = number(continuous, 'Speed', -1)
				move(speed > 0 ? 1 : 0, speed)
			} else throw new Refusal(['WellFormed'], 'Focus says nothing')
			return ''
		},
		Stop() {
			look()
			velocity = 0
			return ''
		},
		GetStatus() {
			look()
			if (faults.noFocus) return '<timg:Status/>'
			return `<timg:Status><tt:FocusStatus20><tt:Position>${position.toFixed(4)}</tt:Position><tt:MoveStatus>${velocity === 0 ? 'IDLE' : 'MOVING'}</tt:MoveStatus></tt:FocusStatus20></timg:Status>`
		},
	}

	const operations: Record<string, Operation> = {
		GetServiceCapabilities: () => '<timg:Capabilities ImageStabilization="false"/>',
	}
	for (const [name, operation] of Object.entries(own)) {
		operations[name] = (request) => {
			if (required(request, ns.timg, 'VideoSourceToken') !== videoSource) throw invalid('NoSource')
			return operation(request)
		}
	}

	return {
		service: { prefix: 'timg', path: '/onvif/imaging_service', operations },
		focus() {
			look()
			return { mode, position, moving: velocity !== 0 }
		},
	}
}
