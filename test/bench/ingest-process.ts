/** The room's part between cameras and hub, alone: argv is the address of the stream, then two ports for each feed. Ends with its input. */
import { pino } from 'pino'
import { startIngest } from '../../appliance/room/ingest.ts'

const [, , rtsp = '', ...given] = process.argv
const ports = given.map(Number)
const log = pino({ level: 'silent' })
const ingests = Array.from({ length: ports.length / 2 }, (_, i) =>
	startIngest({
		source: () => ({ rtsp, transcoded: false, low: null }),
		open: async () => ({
			feed: `${i}`,
			ip: '127.0.0.1',
			rtpPort: ports[2 * i] ?? 0,
			rtcpPort: ports[2 * i + 1] ?? 0,
			srtp: null,
			low: false,
		}),
		close: async () => {},
		onStatus: () => {},
		log,
	}),
)
process.stdin
	.on('end', async () => {
		await Promise.all(ingests.map((ingest) => ingest.end()))
		process.exit(0)
	})
	.resume()
