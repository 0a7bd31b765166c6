import { type FailureCode, type Fault, isFailureCode, PROBLEMS, type ProblemCode } from "@phonoscene/contracts";

export type AppErrorDetails = {
  /** What was wrong, where, and what to do. Safe to show to the caller. */
  detail?: string;
  /** The provider asked to wait this long before the next try. */
  retryAfterMs?: number;
  /** Whether the same input may succeed later, where this case differs from what `PROBLEMS` says of its code. */
  isRetryable?: boolean;
  /** One entry a fault, for invalid input. */
  errors?: Fault[];
  /** The resource as it is now, for a write that was based on an older one. */
  current?: Record<string, unknown>;
};

/**
 * The one error of this codebase: `code` is a row of `PROBLEMS`, `message` is safe to show.
 * Whatever a vendor threw becomes an AppError at the port, with the original as `cause`.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ProblemCode;
  readonly retryAfterMs: number | undefined;
  private readonly isRetryable: boolean | undefined;
  readonly errors: Fault[] | undefined;
  readonly current: Record<string, unknown> | undefined;

  constructor(code: ProblemCode, details: AppErrorDetails = {}, options?: ErrorOptions) {
    super(details.detail ?? PROBLEMS[code].title, options);
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.isRetryable = details.isRetryable;
    this.errors = details.errors;
    this.current = details.current;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** Whether the same input may succeed later; false for everything that is not a failure of a task. */
  get retryable(): boolean {
    const problem = PROBLEMS[this.code];
    return this.isRetryable ?? ("retryable" in problem && problem.retryable);
  }
}

/** An AppError whose code may end a task. */
export type TaskFailureError = AppError & { code: FailureCode };

const isTaskFailure = (error: unknown): error is TaskFailureError =>
  error instanceof AppError && isFailureCode(error.code);

/** Reads what a task stores about its failure: an unknown error is `internal`, and its text stays in the log. */
export const toTaskFailure = (error: unknown): TaskFailureError => {
  if (isTaskFailure(error)) return error;
  const detail = "Something went wrong on our side. The log has the details.";
  return new AppError("internal", { detail }, { cause: error }) as TaskFailureError;
};
