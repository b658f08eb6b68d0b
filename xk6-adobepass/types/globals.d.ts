/** The part of k6's console that @types/k6 leaves to other libraries. */
declare const console: { [level in 'log' | 'debug' | 'info' | 'warn' | 'error']: (...data: unknown[]) => void };
