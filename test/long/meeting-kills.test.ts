import './twenty.ts'
import '../scene/meeting-kills.test.ts'
