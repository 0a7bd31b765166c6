/** The provider cannot be called now, through no fault of the task: it goes back to the queue, and no attempt is counted. */
export class ProviderBusy extends Error {
  override readonly name = "ProviderBusy";
  readonly delayMs: number;

  constructor(reason: string, delayMs: number) {
    super(reason);
    this.delayMs = delayMs;
  }
}
