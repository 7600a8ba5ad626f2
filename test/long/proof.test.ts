import './twenty.ts'
import '../devices/proof.test.ts'
