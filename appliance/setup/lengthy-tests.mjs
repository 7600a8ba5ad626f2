/**
 * Whole files that take minutes for what seldom changes: an office, the pictures of cameras that are played, screens of
 * few, and every way of a thing of which `npm test` plays the commonest. `npm run test:long` plays them.
 */
export const lengthyTests = [
	'test/browser/{attend-camera,attend-layout,attend-views,captions,class-screens,embed}.test.ts',
	'test/browser/{facilities-health,facilities-parts,panel-pad,panel-sound,recordings}.test.ts',
	'test/chaos/{campaign,clock,disk,half-open}.live.test.ts',
	'test/devices/lens.test.ts',
	'test/documents/office.live.test.ts',
	'test/drivers/virtual/{onvif-encoder,picture}.live.test.ts',
	'test/minutes/odt.live.test.ts',
	'test/room/{preset-swap,probe}.live.test.ts',
	'test/scene/{bad-input,panel-lost,whose-camera}.test.ts',
]
