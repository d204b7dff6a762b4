import { CountOperationRuns1764500000000 } from './count-operation-runs.migration';
import { CreateOperations1763700000000 } from './create-operations.migration';
import { IndexEndedOperations1763700001000 } from './index-ended-operations.migration';
import { OperationStep } from './operation-step.entity';
import { Operation } from './operation.entity';

export { stepsIf } from './conditional.steps';
export { durationMs } from './duration';
export { Operation, type OperationStatus } from './operation.entity';
export { OperationStep, type OperationStepStatus } from './operation-step.entity';
export type { StartMeta } from './operation.start';
export { Operations } from './operations.service';
export { defaultRetrySettings, type RetrySettings } from './retry.policy';
export {
  OperationNotCancellable,
  OperationNotFound,
  RetryLater,
  SagaDefinitionError,
  SagaStateError,
  isTransientDatabaseError,
} from './saga-errors';
export { SagaRunner, type SagaRunnerOptions } from './saga.runner';
export type {
  CallStep,
  Duration,
  Json,
  OperationMeta,
  OperationSubject,
  Saga,
  SagaHooks,
  SagaLogger,
  SagaOutcome,
  Step,
  StepContext,
  StepPoint,
  TransactionStep,
  WaitStep,
} from './saga.types';

/** The entities and the migrations that an application's data source must contain. */
export const operationEntities = [Operation, OperationStep];
export const operationMigrations = [CreateOperations1763700000000, IndexEndedOperations1763700001000, CountOperationRuns1764500000000];
