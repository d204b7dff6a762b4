export type { Fault, FaultAction, FaultInjector } from './fault';
export { InjectedFault } from './fault';
export { announceReady, faultHooks, summons } from './fault.hooks';
export { ForkedFaults } from './forked.faults';
export { ForkedProcess, type ForkOptions } from './forked.process';
export { InProcessFaults } from './in-process.faults';
export { obeysTheLaws, type SagaWorld } from './saga-laws';
