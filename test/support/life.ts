/** Until when a run lives. */
export class Life {
  readonly ended: Promise<void>;
  #isOver = false;
  #announce: () => void = () => undefined;

  constructor() {
    this.ended = new Promise(resolve => {
      this.#announce = resolve;
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#announce();
  }

  /** What is under way when it ends never comes back, one way or the other; nor is anything begun. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    const never = new Promise<never>(() => undefined);
    if (this.#isOver) return never;
    try {
      return await task();
    } finally {
      if (this.#isOver) await never;
    }
  }
}
