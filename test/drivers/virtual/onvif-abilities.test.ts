import { describe, expect, it } from 'vitest'
import { cameraThat } from './onvif-plain.ts'

/** What a virtual ONVIF camera says of itself, and what it can not do. */

const setPreset = (name: string) => `<PresetName>${name}</PresetName>`

describe.concurrent('a virtual ONVIF camera', () => {
	it('gives addresses of a host that nobody reaches', async () => {
		const { ask } = await cameraThat({ wrongXAddr: '192.0.2.77' })
		expect((await ask('GetServices')).all('XAddr').every((url) => url.startsWith('http://192.0.2.77:'))).toBe(true)
		const profile = '<ProfileToken>profile_1</ProfileToken>'
		const stream = await ask('GetStreamUri', `<Protocol>RTSP</Protocol>${profile}`, { service: 'tr2' })
		expect(stream.one('Uri')).toBe('rtsp://192.0.2.77:8554/main')
	})

	it('has not every service', async () => {
		const { ask } = await cameraThat({ without: ['media2', 'imaging'] })
		const offered = (await ask('GetServices')).all('Namespace').map((uri) => uri.split('/').slice(-3).join('/'))
		expect(offered).toEqual(['ver10/device/wsdl', 'ver10/media/wsdl', 'ver20/ptz/wsdl', 'ver10/events/wsdl'])
		expect((await ask('GetCapabilities')).text).not.toContain('<tt:Imaging>')
		expect((await ask('GetProfiles', '', { service: 'tr2' })).fault).toBe('ActionNotSupported')
	})

	it('tells its spaces in degrees, in hundreds, or as nothing at all', async () => {
		const { ask, ptz, faults } = await cameraThat({ spaces: 'degrees' })
		const options = () =>
			ask('GetConfigurationOptions', '<ConfigurationToken>ptz_0</ConfigurationToken>', { service: 'tptz' })
		const ranges = async () => {
			const { text } = await options()
			const [, inner = ''] = /<tt:AbsolutePanTiltPositionSpace>(.*?)<\/tt:Abs/.exec(text) ?? []
			return inner.replace(/<[^>]*>/g, ' ').trim()
		}
		expect(await ranges()).toMatch(/SphericalPositionSpaceDegrees\s+-170\s+170\s+-30\s+90/)
		expect((await ptz('GetStatus')).text).toContain('<tt:PanTilt x="0" y="0" space="http://www.onvif.org/ver10/tptz')
		faults.spaces = 'hundreds'
		expect(await ranges()).toMatch(/PositionGenericSpace\s+-100\s+100\s+-100\s+100/)
		faults.zeroRanges = ['panTilt']
		expect(await ranges()).toMatch(/PositionGenericSpace\s+0\s+0\s+0\s+0/)
		faults.noAbsolute = true
		expect(await ranges()).toBe('')
		const sent = await ptz('AbsoluteMove', '<Position><tt:Zoom x="1"/></Position>')
		expect(sent.fault).toBe('ActionNotSupported')
	})

	it('has profiles without PTZ', async () => {
		const { ask, ptz } = await cameraThat({ noPtz: ['profile_1'] })
		const { text } = await ask('GetProfiles', '', { service: 'trt' })
		expect(text.match(/<tt:PTZConfiguration /g)).toHaveLength(1)
		expect((await ptz('GetStatus')).fault).toBe('InvalidArgVal/NoPTZProfile')
		expect((await ask('GetStatus', '<ProfileToken>profile_2</ProfileToken>', { service: 'tptz' })).status).toBe(200)
	})

	it('tells of its movement and place as badly as it likes', async () => {
		const { ptz, faults } = await cameraThat({ moveStatusNeverIdle: true })
		expect((await ptz('GetStatus')).one('PanTilt')).toBe('MOVING')
		faults.noMoveStatus = true
		expect((await ptz('GetStatus')).text).not.toContain('MoveStatus')
		faults.noPosition = true
		expect((await ptz('GetStatus')).text).not.toContain('Position')
		faults.noStatus = true
		expect((await ptz('GetStatus')).fault).toBe('ActionNotSupported')
	})

	it('lists hundreds of presets that are none, beside those that are', async () => {
		const { ptz, faults } = await cameraThat({ emptyPresets: 255 })
		const token = (await ptz('SetPreset', setPreset('podium'))).one('PresetToken')
		const { text } = await ptz('GetPresets')
		expect(text.match(/<tptz:Preset /g)).toHaveLength(256)
		expect(text).toContain(`<tptz:Preset token="${token}"><tt:Name>podium</tt:Name>`)
		faults.refusePresetToken = true
		const again = `${setPreset('other')}<PresetToken>${token}</PresetToken>`
		expect((await ptz('SetPreset', again)).fault).toBe('InvalidArgVal/NoToken')
	})

	it('has a home that nobody sets, and a focus that nobody moves', async () => {
		const { ptz, ask, faults } = await cameraThat({ fixedHome: true, noFocus: true })
		expect((await ptz('SetHomePosition')).fault).toBe('Action/CannotOverwriteHome')
		const source = '<VideoSourceToken>source_0</VideoSourceToken>'
		const near = () =>
			ask('Move', `${source}<Focus><tt:Continuous><tt:Speed>-1</tt:Speed></tt:Continuous></Focus>`, {
				service: 'timg',
			})
		expect((await near()).fault).toBe('ActionNotSupported')
		Object.assign(faults, { noFocus: false, refuseFocusInAuto: true })
		expect((await near()).fault).toBe('OperationProhibited')
		const manual = '<ImagingSettings><tt:Focus><tt:AutoFocusMode>MANUAL</tt:AutoFocusMode></tt:Focus></ImagingSettings>'
		await ask('SetImagingSettings', `${source}${manual}`, { service: 'timg' })
		expect((await near()).status).toBe(200)
	})

	it('refuses to change its encoder, or says that it has and has not', async () => {
		const { ask, faults } = await cameraThat({ bFrames: 2, refuseEncoder: true })
		const set = () =>
			ask(
				'SetVideoEncoderConfiguration',
				'<Configuration token="encoder_main" GovLength="15" Profile="Baseline"><tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality></Configuration>',
				{ service: 'tr2' },
			)
		expect((await set()).fault).toBe('InvalidArgVal/ConfigModify')
		Object.assign(faults, { refuseEncoder: false, keepsEncoder: true })
		expect((await set()).status).toBe(200)
		const { text } = await ask('GetVideoEncoderConfigurations', '', { service: 'tr2' })
		expect(text).toContain('token="encoder_main" GovLength="15" Profile="Main"')
	})

	it('refuses an encoder whose parts stand in another order than in the schema', async () => {
		const { ask } = await cameraThat()
		const shuffled =
			'<Configuration token="encoder_main" GovLength="15" Profile="Main"><tt:UseCount>1</tt:UseCount><tt:Name>n</tt:Name><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality></Configuration>'
		expect((await ask('SetVideoEncoderConfiguration', shuffled, { service: 'tr2' })).fault).toBe('WellFormed')
	})
})
