import { accountRoles, attending, counterRoles, houseRoles, inside, operating, presiding, type Role } from './roles.ts'

const inClass = [...presiding, 'member', 'observer'] as const
/** Whoever watches may learn as well. */
const certified = [...inClass, 'viewer'] as const

/**
 * Who may use each HTTP route: the only list there is. A route that is not here does not start.
 * 'open': anyone who reaches the listener. Pages are open because the right travels in the link's fragment.
 */
export const routes = {
	'GET /': 'open',
	'GET /panel': 'open',
	'GET /console': 'open',
	'GET /attend': 'open',
	'GET /watch': 'open',
	/** For pages of other sites, which put the watch page into theirs. */
	'GET /watch/embed.js': 'open',
	'GET /stage': 'open',
	'GET /programme': 'open',
	'GET /recordings': 'open',
	/** With an account of this appliance. */
	'GET /sign-in': 'open',
	/** Leads to the city's sign-in (OpenID Connect), and where that leads back. */
	'GET /sign-in/sso': 'open',
	'GET /sign-in/sso/callback': 'open',
	/** 민원 상담: the kiosk, the display of the lobby, the visitor at home, the official's desk. */
	'GET /kiosk': 'open',
	'GET /lobby': 'open',
	'GET /visit': 'open',
	'GET /counsel': 'open',
	/** Where the QR code in the hall of a class leads. */
	'GET /check-in': 'open',
	'GET /assets/*': 'open',
	/** How to install our certificate authority, and the certificate itself. */
	'GET /trust': 'open',
	'GET /trust/ca.crt': 'open',
	'GET /trust/policy.json': 'open',
	'GET /trust/policy.reg': 'open',

	'GET /ws/panel': 'open', // its first message tells who; see room-commands.ts
	'GET /ws/meeting': 'open', // see meeting-commands.ts
	'GET /ws/captions': 'open', // see captions.ts

	'GET /api/v1/health': 'open',
	/** For Prometheus, with a token of one of these. */
	'GET /metrics': ['admin', 'facilities', 'audit'],
	/** What `maru doctor` finds. */
	'GET /api/v1/doctor': ['facilities', 'admin'],
	/** → {state, step, …}: the bundle of logs; whoever stands at the panel may have it made, and staff take it away. */
	'GET /api/v1/logs/bundle': operating,
	'POST /api/v1/logs/bundle': operating,
	'GET /api/v1/logs/bundle.zip': ['facilities', 'admin'],
	'GET /api/v1/openapi.json': 'open',
	'GET /api/v1/asyncapi.json': 'open',
	/** → {sso}: how one may sign in besides by an account of this appliance. */
	'GET /api/v1/sign-in': 'open',
	/** {token}, or {name, password} of an account → a session cookie for the browser. */
	'POST /api/v1/session': 'open',
	'DELETE /api/v1/session': 'open',
	/** → {role, name}: who this browser is. */
	'GET /api/v1/session': [...houseRoles, ...counterRoles],
	/** {name, password, next}: another password, and a session by it; all others of the account end. */
	'POST /api/v1/session/password': 'open',
	/** → {sessions}: where this account is signed in; an admin is told of everybody. */
	'GET /api/v1/sessions': accountRoles,
	/** → {ended}: whether there was one that this one may end. */
	'DELETE /api/v1/sessions/:session': accountRoles,
	/** {meeting} → {token, name}: one who watches, as the portal before us says by its headers, or said to this frame before. */
	'POST /api/v1/relay/session': 'open',
	'POST /api/v1/tokens': ['admin'],
	/** {jti} or {token}: this link or token opens nothing any more. */
	'POST /api/v1/tokens/revoke': ['admin'],

	/** {key} → {id, code, leftMs, language}: six digits for a screen that is no panel yet. */
	'POST /api/v1/pairing/codes': 'open',
	/** → {state, leftMs}: whether somebody has let it in. */
	'GET /api/v1/pairing/codes/:id': 'open',
	/** {proof} → {token}: for the browser with the key alone. */
	'POST /api/v1/pairing/codes/:id/token': 'open',
	/** {code} → {id, address, browser, at, leftMs}: who shows it. */
	'POST /api/v1/pairing/look': ['facilities', 'admin'],
	/** Panels and tablets that were let in. */
	'GET /api/v1/panels': ['facilities', 'admin', 'audit'],
	/** {name, hours?}: lets in who was looked at. */
	'PUT /api/v1/panels/:id': ['facilities', 'admin'],
	'DELETE /api/v1/panels/:id': ['facilities', 'admin'],
	'POST /api/v1/panels/:id/restore': ['facilities', 'admin'],
	/** → {set, at}: of the PIN before a panel's settings. */
	'GET /api/v1/settings/pin': ['facilities', 'admin'],
	/** {pin} */
	'PUT /api/v1/settings/pin': ['admin'],
	'DELETE /api/v1/settings/pin': ['admin'],

	'GET /api/v1/room': houseRoles,
	'POST /api/v1/room/join': operating,
	'POST /api/v1/room/leave': operating,
	'PUT /api/v1/room/mute': operating,

	'GET /api/v1/cameras': houseRoles,
	'POST /api/v1/cameras/:id/move': operating,
	'POST /api/v1/cameras/:id/stop': operating,
	'POST /api/v1/cameras/:id/home': operating,
	'PUT /api/v1/cameras/:id/presets/:slot': operating,
	'DELETE /api/v1/cameras/:id/presets/:slot': operating,
	'POST /api/v1/cameras/:id/presets/:slot/recall': operating,
	'GET /api/v1/cameras/:id/presets/:slot/thumbnail.jpg': operating,
	'GET /api/v1/cameras/:id/snapshot.jpg': operating,
	'GET /api/v1/cameras/:id/live.mjpeg': operating,
	'GET /api/v1/cameras/:id/position': operating,

	/** {kind: 'maru-presets', …}: all views of a camera, and back. */
	'GET /api/v1/cameras/:id/presets': operating,
	'PUT /api/v1/cameras/:id/presets': ['facilities', 'admin'],
	'GET /api/v1/cameras/:id/health': ['facilities', 'admin', 'audit'],
	/** → {running, latest}: the morning check. */
	'GET /api/v1/rehearsals/latest': houseRoles,
	/** Begins one. */
	'POST /api/v1/rehearsals': operating,

	/** Moves it a little left and back, and tells what it saw. */
	'POST /api/v1/cameras/:id/test': ['facilities', 'admin'],
	/** What is to be found on the networks and lines of this machine; takes some four seconds. */
	'POST /api/v1/facilities/discover': ['facilities', 'admin'],
	'GET /api/v1/facilities/cameras': ['facilities', 'admin'],
	'PUT /api/v1/facilities/cameras/:id': ['facilities', 'admin'],
	'DELETE /api/v1/facilities/cameras/:id': ['facilities', 'admin'],
	/** {camera, preset}: where a seat is seen. */
	'PUT /api/v1/seats/:id': ['facilities', 'admin'],

	'GET /api/v1/meetings': operating,
	'POST /api/v1/meetings': operating,
	'GET /api/v1/meetings/:id': [...operating, 'audit', ...attending],
	/** The meeting's shared links, made anew: for the one who invites. The chair's is among them, so a clerk gets none. */
	'GET /api/v1/meetings/:id/links': [...operating, 'chair'],
	/** {role, name} → {person, link}: a link for one person, whom it names. A clerk makes none for a chair. */
	'POST /api/v1/meetings/:id/links': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/open': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/suspend': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/resume': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/close': [...operating, ...presiding],
	/** {person|seat, …} → {events}. What a socket's floor.* does, for machines. Who may for whom: as there. */
	'POST /api/v1/meetings/:id/floor/:step': [...operating, ...presiding, 'member'],
	/** → {vote, events}. */
	'POST /api/v1/meetings/:id/votes': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/votes/:vote/:step': [...operating, ...presiding, 'member'],
	/** text/csv → {entered, faults}. */
	'POST /api/v1/meetings/:id/roll': [...operating, ...presiding],
	/** → {links}: one for each of the roll, made anew. */
	'POST /api/v1/meetings/:id/roll/links': [...operating, ...presiding],
	/** Erases what is personal of somebody, in all meetings of this meeting's kind, for ever. */
	'DELETE /api/v1/meetings/:id/people/:person': ['admin'],
	'GET /api/v1/meetings/:id/attendance.csv': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	'GET /api/v1/meetings/:id/minutes.json': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	'GET /api/v1/meetings/:id/minutes.md': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	'GET /api/v1/meetings/:id/minutes.odt': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** → {classS, rule, trainees}: how those who learn stand in a class (교육). */
	'GET /api/v1/meetings/:id/class': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** The same for a system that keeps what people have learned; in the house's language, or `?language=`. */
	'GET /api/v1/meetings/:id/class/attendance.csv': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** → {link, until, here}: what the screen in the hall shows as a QR code, another one twice a minute. */
	'GET /api/v1/meetings/:id/class/check-in': [...operating, ...presiding],
	/** {code, phone} → {pass, title, rule, own}: what was read from the screen, while it is fresh. */
	'POST /api/v1/check-in/scan': 'open',
	/** {pass, phone, name|link, person?} → {name}, or {choices} of several of one name. Once a person, once a phone. */
	'POST /api/v1/check-in/come': 'open',
	/** {meeting, phone}: who checked in with this phone goes. */
	'POST /api/v1/check-in/go': 'open',
	/** A trainee: only their own, by `own`. */
	'GET /api/v1/meetings/:id/class/certificates/:person.pdf': ['admin', 'audit', 'panel', 'facilities', ...certified],
	/** What the certificate of this number says: for whoever is shown one. */
	'GET /api/v1/certificates/:number': ['admin', 'audit', 'panel', 'facilities'],
	'GET /api/v1/meetings/:id/minutes.pdf': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** → {captions}: what is known to have been said. */
	'GET /api/v1/meetings/:id/captions': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** {text, speaker?} → the caption, set right; for 72 hours after the end as well. */
	'PUT /api/v1/meetings/:id/captions/:caption': [...operating, ...presiding],
	'DELETE /api/v1/meetings/:id/captions/:caption': [...operating, ...presiding],
	/** A file as it is, with `?name=`: → the document. */
	'POST /api/v1/meetings/:id/documents': [...operating, ...presiding, 'member'],
	'GET /api/v1/meetings/:id/documents': [...operating, ...inside],
	/** The file as it came. */
	'GET /api/v1/meetings/:id/documents/:document': [...operating, ...inside],
	'GET /api/v1/meetings/:id/documents/:document/pages/:page.png': [...operating, ...inside, 'programme'],
	/** → {slides: {document, pages} | null}: what is shown to whoever waits by this link, and only while they do. */
	'GET /api/v1/meetings/:id/waiting': [...operating, ...attending],
	/** A member: only what they handed in themselves. */
	'DELETE /api/v1/meetings/:id/documents/:document': [...operating, ...presiding, 'member'],
	/** 'start' or 'stop' → {events}. */
	'POST /api/v1/meetings/:id/relay/:step': [...operating, ...presiding],
	'POST /api/v1/meetings/:id/recording/:step': [...operating, ...presiding],
	/** What a viewer is told without a socket. */
	'GET /api/v1/meetings/:id/relay': [...operating, ...attending],
	/** Playlists (RFC 8216), from `master.m3u8` on. `?token=` where a player knows no header; `?from=start`. */
	'GET /api/v1/meetings/:id/relay/:file': [...operating, ...attending],
	/** Segments, by names that nobody can guess and playlists tell. */
	'GET /api/v1/meetings/:id/relay/segments/:file': 'open',
	/** → {viewers}: who watched, and for how long. The file in the house's language, or `?language=`. */
	'GET /api/v1/meetings/:id/relay/viewers': ['admin', 'audit', ...presiding],
	'GET /api/v1/meetings/:id/relay/viewers.csv': ['admin', 'audit', ...presiding],
	/** For a cache in front of us: 204 where who asks may have playlists. Counts them as a viewer. */
	'GET /api/v1/meetings/:id/relay/access': [...operating, ...attending],
	/** → {title, recordings}, also of those whose files were removed. */
	'GET /api/v1/meetings/:id/recordings': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** The file, or a part of it (RFC 9110 §14). `?token=` as above. */
	'GET /api/v1/meetings/:id/recordings/:recording/recording.mp4': [
		'admin',
		'audit',
		'panel',
		'facilities',
		...presiding,
	],
	/** → {title, recording, entries}: items of the agenda and speeches, by the clock and in the file. */
	'GET /api/v1/meetings/:id/recordings/:recording/index': ['admin', 'audit', 'panel', 'facilities', ...presiding],
	/** Its file goes for good; the journal keeps its hash. → the recording. */
	'DELETE /api/v1/meetings/:id/recordings/:recording': ['admin', 'chair'],
	/** What kiosk and lobby show: topics, numbers and waits, nobody's name. */
	'GET /api/v1/counsel/board': [...counterRoles, 'panel', 'admin'],
	/** {topic} → {number, code, before, minutes}: whoever walked in. */
	'POST /api/v1/counsel/tickets': [...counterRoles, 'admin'],
	/** {who, code, pass?} → {pass, number, before, minutes}. Five wrong codes, then a wait that doubles (429, Retry-After). */
	'POST /api/v1/counsel/visits': 'open',
	/** One's own visit, by the pass that the code was given for, as a bearer. */
	'GET /api/v1/counsel/visit': 'open',
	/** 'enter', 'away', 'back', 'leave'. The last one clears what this browser kept. */
	'POST /api/v1/counsel/visit/:step': 'open',
	'GET /api/v1/counsel/desk': ['official', 'panel', 'admin'],
	/** → {id, number, code, link, sms}. */
	'POST /api/v1/counsel/appointments': ['official', 'admin'],
	/** {department, desk} → {id}: whoever is next. */
	'POST /api/v1/counsel/calls': ['official', 'panel', 'admin'],
	/** 'call', 'again', 'hand-over', 'no-show', 'end'. */
	'POST /api/v1/counsel/visits/:visit/:step': ['official', 'panel', 'admin'],
	/** {seat} → {link}: into the session that goes on, for the official or an interpreter. */
	'POST /api/v1/counsel/visits/:visit/seats': ['official', 'panel', 'admin'],
	/** {state}: what a conference-microphone system says of a seat. */
	'POST /api/v1/seats/:id/mic': operating,

	'GET /api/v1/meetings/:id/journal': ['admin', 'audit', ...presiding],

	/** `?from=&to=&kind=&after=&limit=` → {entries, next}: who did what in this house; `before` instead: the newest first. */
	'GET /api/v1/audit': ['audit'],
	/** → {entries, head, fault}: whether it is as it was written. */
	'GET /api/v1/audit/chain': ['audit'],
	/** `?from=&to=&kind=`: all of it. */
	'GET /api/v1/audit.csv': ['audit'],
} as const satisfies Record<string, 'open' | readonly Role[]>
