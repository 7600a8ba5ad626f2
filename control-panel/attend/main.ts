import '../lib/tokens.css'
import '../lib/base.css'
import './attend.css'
import { mount } from 'svelte'
import { language, session } from './arrival.ts'

const target = document.getElementById('page')
// Said by the page of a kiosk, which shows this one within itself.
const kiosk = new URLSearchParams(location.search).has('kiosk')
void session?.entrance.begin()
// What draws comes as a script of its own: by the time that it is read, the hub has answered. (Not awaited here: it imports
// from this script, which would be waited for in turn.)
void import('./AttendPage.svelte').then(({ default: AttendPage }) => {
	if (target) mount(AttendPage, { target, props: { session, language, kiosk } })
})
