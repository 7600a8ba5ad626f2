import './five-hundred.ts'
import '../drivers/hid-telephony/presses.test.ts'
import '../drivers/hid-telephony/replug.test.ts'
