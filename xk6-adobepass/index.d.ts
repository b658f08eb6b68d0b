/**
 * Simulated streaming devices for Adobe Pass Dynamic Client Registration and
 * REST API v2, as a k6 module.
 *
 * ```js
 * import { Fleet, writeResult } from 'k6/x/adobepass';
 * import { check } from 'k6';
 *
 * const fleet = new Fleet({ fleet: 'living-room', devices: 1000 });
 *
 * export default function () {
 *   const res = fleet.next().call('configuration');
 *   check(res, { 'not throttled': (r) => !r.throttled });
 * }
 * ```
 *
 * Misuse throws a `TypeError` that names the option. Whatever the service
 * answers is a result and never throws. A target that cannot be reached at all
 * when it is first needed aborts the test. Times are milliseconds, unless a text
 * with a unit is asked for.
 */
declare module 'k6/x/adobepass' {
  /** The operations of REST API v2 that {@link Device.call} takes. */
  export type Operation =
    | 'configuration'
    | 'sessions.create'
    | 'sessions.resume'
    | 'sessions.retrieve'
    | 'authenticate'
    | 'profiles.list'
    | 'profiles.mvpd'
    | 'profiles.code'
    | 'decisions.authorize'
    | 'decisions.preauthorize'
    | 'logout'
    | 'sso.sessions'
    | 'sso.profiles';

  /** What an answer means for a client. */
  export type Outcome =
    /** The documented success. */
    | 'ok'
    /** HTTP 429: wait at least a second. */
    | 'throttled'
    /** HTTP 401: get a new token. */
    | 'unauthorized'
    /** The credentials are not known any more: register again. */
    | 'client-rejected'
    /** The software statement is refused. */
    | 'statement-rejected'
    /** The viewer has to sign in. */
    | 'reauthenticate'
    /** Any other 4xx. */
    | 'refused'
    /** 5xx, or an error that asks for a retry. */
    | 'server-error'
    /** A success status with a body that nobody can use. */
    | 'unusable'
    /** No answer; see {@link CallResult.error}. */
    | 'transport'
    /** Nothing was sent, because the VU stopped first. */
    | 'none';

  /** Where the software statement comes from. It is a secret: prefer a k6 secret. */
  export type SoftwareStatement =
    /** A k6 secret, such as one of `--secret-source=file=secrets.txt`; k6 redacts it in logs. */
    | { secret: string; source?: string }
    /** An environment variable of the k6 process (not `-e`, which archives keep). */
    | { env: string }
    /** The statement itself. */
    | string;

  /** How the embedded simulator behaves. */
  export interface SimulatorOptions {
    /** `'on'` for the documented limits, `'off'`, or `'RATE:BURST'` such as `'1:10'`. */
    throttle?: string;
    /** Life of an access token, such as `'6h'`; whole seconds. */
    tokenTtl?: string;
    /** Time from authenticate until the viewer has logged in, such as `'4s'`. */
    loginDelay?: string;
    /** Time before each answer, such as `'50ms'` or `'20ms..80ms'`. */
    latency?: string;
    /** Share of requests answered with a 500, 0 to 1. */
    errorRate?: number;
    /** Ids of faults to switch on; `dcrbench serve --list-faults` lists them. */
    faults?: string[];
  }

  /** What is called, and whether it may be: options of fleets and of {@link conformance}. */
  export interface TargetOptions {
    /** Base URL of the service. Without it the embedded simulator takes its place. */
    target?: string;
    /** The signed software statement. The default is the variable `DCRBENCH_SOFTWARE_STATEMENT`; a simulator on this machine hands out its own. */
    softwareStatement?: SoftwareStatement;
    /** "I hold a licence and may load-test this target": needed for any target that is not on this machine. */
    authorized?: boolean;
    /** Needed for the vendor's production and prequal hosts. */
    allowProduction?: boolean;
    /** Ceiling on requests per second, over all instances. The default is 50 for a target elsewhere, none on this machine; 0 is none. */
    maxRps?: number;
    /** The embedded simulator; not together with `target`. */
    simulator?: SimulatorOptions;
  }

  /** The options of a {@link Fleet}. */
  export interface FleetOptions extends TargetOptions {
    /** A fleet that ships with dcrbench, such as `'living-room'` (the default). */
    fleet?: string;
    /** Profiles and fleets of your own, as YAML: `open('./fleet.yaml')`. */
    profiles?: string;
    /** Number of devices, over all instances of the test. */
    devices?: number;
    /** Origin of all random draws; the same seed gives the same devices. */
    seed?: number;
    /** When {@link Fleet.launch} launches, such as `'constant:20'` or `'spike:base=2,at=10s,width=2s,share=0.7'`. */
    launch?: string;
    /**
     * How long the fleet lives, such as `'30s'`: what is due later, {@link Fleet.launch} and
     * {@link Device.session} leave undone, as `dcrbench run --duration` does. Without it they go on.
     */
    duration?: string;
    /**
     * How many devices of each profile, on each instance, are judged by the rules for clients:
     * `profiles[].obligations` of the result. They are judged by all that they send, whoever asked
     * for it. The default is 20; 0 is none.
     */
    judge?: number;
    /** Time that one request may take, such as `'30s'`. */
    timeout?: string;
    /** The statuses that are no failed request for k6's `http_req_failed`. The default is 200 to 399, 401 and 429, which devices handle. */
    expectedStatuses?: number[];
    /** Fleets of the same name are one, shared by all VUs. The default is the name of the fleet. */
    name?: string;
  }

  /** The part of a fleet that lives on this instance: `from <= index < to`. */
  export interface Shard {
    readonly from: number;
    readonly to: number;
    readonly size: number;
  }

  /**
   * A fleet of devices, shared by all VUs of the process. Make it in the init
   * context; it opens at its first use in a VU.
   */
  export class Fleet {
    constructor(options?: FleetOptions);
    readonly name: string;
    /** Number of devices over all instances. */
    readonly size: number;
    readonly seed: number;
    /** Names of the profiles in the fleet. */
    readonly profiles: string[];
    /** What lives on this instance, by k6's execution segment. VU code only. */
    readonly shard: Shard;
    /** Base URL of the target or of the embedded simulator. VU code only. */
    readonly target: string;
    /** The next device in turn that nobody uses and that waits for nothing. Never waits. */
    next(): Device;
    /** The device with this index, which must live on this instance. */
    at(index: number): Device;
    /** Waits until the launch schedule wants the next device and returns it; `null` when all have been launched, or the fleet's time is over. */
    launch(): Device | null;
  }

  /** The documented parameters of the operations. What is left out comes from the fleet; an empty string leaves a parameter out. */
  export interface Parameters {
    /** Id of the programmer. */
    serviceProvider?: string;
    /** Id of the TV provider. */
    mvpd?: string;
    /** The authentication code that `sessions.create` answered with. */
    code?: string;
    /** Partner framework of the sso operations, such as `'Apple'`. */
    partner?: string;
    domainName?: string;
    redirectUrl?: string;
    /** Resource ids of a decision. */
    resources?: string[];
    /** The partner's answer, base64. */
    samlResponse?: string;
    /** Value of AP-Partner-Framework-Status. */
    partnerStatus?: string;
    /** Value of AP-TempPass-Identity. */
    tempPassIdentity?: string;
  }

  /** Options that every call takes. */
  export interface Retry {
    /** Go on as the profile does after a 429 or an error, which waits, instead of returning the first answer. */
    retry?: boolean;
  }

  /** Which parameters an operation takes; a `code`, `partner` or `samlResponse` that it takes is required. */
  export interface OperationParameters {
    configuration: Pick<Parameters, 'serviceProvider'>;
    'sessions.create': Pick<Parameters, 'serviceProvider' | 'mvpd' | 'domainName' | 'redirectUrl'>;
    'sessions.resume': Pick<Parameters, 'serviceProvider' | 'mvpd' | 'domainName' | 'redirectUrl'> & { code: string };
    'sessions.retrieve': Pick<Parameters, 'serviceProvider'> & { code: string };
    authenticate: Pick<Parameters, 'serviceProvider'> & { code: string };
    'profiles.list': Pick<Parameters, 'serviceProvider' | 'partnerStatus'>;
    'profiles.mvpd': Pick<Parameters, 'serviceProvider' | 'mvpd' | 'partnerStatus' | 'tempPassIdentity'>;
    'profiles.code': Pick<Parameters, 'serviceProvider' | 'tempPassIdentity'> & { code: string };
    'decisions.authorize': Pick<Parameters, 'serviceProvider' | 'mvpd' | 'resources' | 'partnerStatus' | 'tempPassIdentity'>;
    'decisions.preauthorize': Pick<Parameters, 'serviceProvider' | 'mvpd' | 'resources' | 'partnerStatus'>;
    logout: Pick<Parameters, 'serviceProvider' | 'mvpd' | 'redirectUrl'>;
    'sso.sessions': Pick<Parameters, 'serviceProvider' | 'partnerStatus' | 'domainName' | 'redirectUrl'> & { partner: string };
    'sso.profiles': Pick<Parameters, 'serviceProvider' | 'partnerStatus'> & { partner: string; samlResponse: string };
  }

  /** Operations that cannot be called without parameters. */
  export type Needy = { [O in Operation]: {} extends OperationParameters[O] ? never : O }[Operation];

  /** A way in which an answer was not as documented. */
  export interface Finding {
    /** The rule, such as `'contract.member-missing'`. */
    readonly id: string;
    readonly level: 'must' | 'should' | 'note';
    readonly operation: string;
    /** The member, status or code concerned. */
    readonly detail: string;
    readonly message: string;
  }

  /** What came of a call. It describes the last request; a call may take three, and more after a 401. */
  export interface CallResult {
    /** The operation that was answered last: `'register'` or `'token'` when the call did not get further, `'raw'` for a request to none. */
    readonly operation: Operation | 'register' | 'token' | 'raw' | '';
    /** HTTP status; 0 without an answer. */
    readonly status: number;
    readonly outcome: Outcome;
    /** The documented success. */
    readonly ok: boolean;
    /** A 429 came on the way. */
    readonly throttled: boolean;
    /** The request carried a token that an earlier call had used. */
    readonly tokenReused: boolean;
    /** Requests sent; 0 when there was nothing to do. */
    readonly requests: number;
    /** What was not as documented, in all answers of this call. */
    readonly findings: Finding[];
    /** Code of an error answer, such as `'invalid_client'`; empty without one. */
    readonly errorCode: string;
    /** What an enhanced error asks for, such as `'authentication'`. */
    readonly errorAction: string;
    /** Why no answer came: `dns`, `connect`, `tls`, `timeout`, `reset`, `protocol` or `canceled`. */
    readonly error: string;
    /** `actionName` of a session answer. */
    readonly action: string;
    /** Authentication code of a session answer. */
    readonly code: string;
    /** How long the device now waits, as its profile says, before it sends again. */
    readonly readyIn: number;
    /** Time spent in requests. */
    readonly duration: number;
    /** Time the device waited by itself. */
    readonly waited: number;
    /** The body; `null` for registrations and tokens, which are secret, and with `discardResponseBodies`. */
    readonly body: string | null;
    /** The parsed body; `null` when there is none or it is no JSON. */
    json(): any;
  }

  /** What came of a viewing session. */
  export interface SessionResult {
    /** The session ended, well or not; `false` when the VU stopped first or the device was done. */
    readonly ended: boolean;
    /** It went through to its last step. */
    readonly completed: boolean;
    readonly requests: number;
    readonly registrations: number;
    readonly tokens: number;
    readonly calls: number;
    /** Number of 429s. */
    readonly throttled: number;
    readonly findings: Finding[];
    readonly duration: number;
    readonly waited: number;
  }

  /** Options of a request in your own words. */
  export interface RequestOptions extends Retry {
    /** Fields over the device's own; `null` leaves one of those out. */
    headers?: { [name: string]: string | null };
    body?: string;
    /** Send the device's token, fetched when needed. The default is what the operation at the path asks for. */
    token?: boolean;
    /** The `name` tag; the default is the route's template. */
    name?: string;
  }

  /**
   * One device. It keeps credentials and tokens as its profile does, whichever VU
   * uses it. Only one VU at a time does; others wait for their turn.
   */
  export interface Device {
    readonly index: number;
    readonly profile: string;
    readonly platform: string;
    /** Value of AP-Device-Identifier. */
    readonly identifier: string;
    /** Its own address, sent as X-Forwarded-For; empty when it sends none. */
    readonly address: string;
    readonly userAgent: string;
    /** The TV provider of its viewer. */
    readonly mvpd: string;
    /** It holds client credentials. */
    readonly registered: boolean;
    /** There is no further session for it: its profile has none, or the fleet's time is over. */
    readonly done: boolean;
    /** How long it waits before it sends again. */
    readonly readyIn: number;
    /** Registers, unless the device holds credentials; `force` does so again. */
    register(options?: Retry & { force?: boolean }): CallResult;
    /** Fetches an access token, unless the device holds a live one; `force` does so again. */
    token(options?: Retry & { force?: boolean }): CallResult;
    /** Calls an operation, with the registration and the token it needs first. */
    call<O extends Exclude<Operation, Needy>>(operation: O, parameters?: OperationParameters[O] & Retry): CallResult;
    call<O extends Needy>(operation: O, parameters: OperationParameters[O] & Retry): CallResult;
    /** The same, without blocking the VU. Many at a time open many connections: raise k6's `batchPerHost`. */
    callAsync<O extends Exclude<Operation, Needy>>(operation: O, parameters?: OperationParameters[O] & Retry): Promise<CallResult>;
    callAsync<O extends Needy>(operation: O, parameters: OperationParameters[O] & Retry): Promise<CallResult>;
    /** A whole viewing session as the profile says, with its pauses. */
    session(): SessionResult;
    /** A request in your own words. `path` begins with a slash. */
    request(method: string, path: string, options?: RequestOptions): CallResult;
    /** Forgets credentials, token and viewer, as an app does that is installed anew. */
    reset(): void;
  }

  /** Options of {@link writeResult}. */
  export interface ResultOptions {
    /** Folder for `result.json`, `index.html` and the other reports; the default is the current one. With more than one result each gets a folder below it, by its name. */
    out?: string;
    /** Expressions over the result that must hold, such as `'throttling.ratio<1%'`. */
    thresholds?: string[];
    /** Let the result pass although answers were not as documented. */
    ignoreCompliance?: boolean;
  }

  /** The verdict on one requirement. */
  export interface CheckVerdict {
    /** Such as `'tok.media-type'`; `dcrbench check --list` lists them all. */
    readonly id: string;
    /** Such as `'tok'`. */
    readonly group: string;
    /** How binding it is under the rule set. */
    readonly level: 'MUST' | 'DOC' | 'SHOULD' | 'BCP' | 'MAY';
    readonly verdict: 'PASS' | 'FAIL' | 'WARN' | 'INFO' | 'SKIP' | 'BLOCKED' | 'INCONCLUSIVE' | 'ERROR';
    readonly title: string;
    /** What was found, in a sentence. */
    readonly message: string;
    /** Where the requirement is written down. */
    readonly refs: string[];
    /** A row of `expectations` accepts it. */
    readonly expected: boolean;
  }

  /** Options of {@link conformance}. The lists narrow each other; the entries of one list add up. */
  export interface ConformanceOptions extends TargetOptions {
    /** Only checks whose id fits one of the patterns, such as `'reg.*'`. */
    ids?: string[];
    /** Only checks of these groups, such as `'thr'`. */
    groups?: string[];
    /** Only checks of these levels. */
    levels?: ('must' | 'doc' | 'should' | 'bcp' | 'may')[];
    /** Only checks whose references contain one of the texts, such as `'7591'`. */
    refs?: string[];
    /** The rule set; the default is `'adobe-doc'`. */
    rules?: 'adobe-doc' | 'rfc' | 'harden';
    /** Recommendations fail as well, and contradictory documents are read strictly. */
    strict?: boolean;
    /** Also run probes that could annoy a server. */
    allowIntrusive?: boolean;
    /** A binding requirement that could not be checked makes the run fail. */
    requireComplete?: boolean;
    /** Known failures, as YAML: `open('./expectations.yaml')`. */
    expectations?: string;
    /** Service provider of the calls; the default is `'DCRBENCH'`. */
    serviceProvider?: string;
    /** TV provider of the calls; the default is the first of the configuration. */
    mvpd?: string;
    /** Limits that the target is held to, as `'RATE:BURST'`; the default are the documented ones. */
    limits?: string;
    /** Longest wait of a probe in real time, such as `'30s'`, the default. */
    patience?: string;
    /** Name of the result's folder when {@link writeResult} writes several. */
    name?: string;
  }

  /** What came of a conformance run. */
  export interface ConformanceResult {
    /** The one word about the run. */
    readonly status: 'conformant' | 'partial' | 'nonconformant' | 'unreliable' | 'interrupted';
    /** The gate is met: no binding requirement failed, and the run can be trusted. */
    readonly ok: boolean;
    /** What `dcrbench check` would exit with. */
    readonly exitCode: number;
    /** Why, in plain words, the most important first. */
    readonly reasons: string[];
    readonly target: string;
    /** How the target throttles; empty unless a check of the group `thr` found out. */
    readonly throttle: string;
    readonly requests: number;
    /** How long it took. */
    readonly duration: number;
    /** Number of checks with each verdict. */
    readonly counts: { [verdict in CheckVerdict['verdict']]: number };
    readonly checks: CheckVerdict[];
  }

  /**
   * Runs the selected conformance checks, as `dcrbench check` does, and returns
   * their verdicts. VU code only. The embedded simulator is checked in virtual time,
   * in about a second; a target in real time and inside its rate limit: half a minute
   * when the group `thr` is among the checks, minutes when it throttles all devices
   * together. k6 gives `setup` 60 s: raise its option, as in `setupTimeout: '10m'`. The
   * requests are no load: they are in none of k6's figures.
   */
  export function conformance(options?: ConformanceOptions): ConformanceResult;

  /**
   * For `handleSummary`: writes dcrbench's own result and reports of every fleet
   * that was used and of every conformance run, and returns nothing, so that k6
   * prints its summary as usual.
   *
   * ```js
   * export function handleSummary(data) { return writeResult(data, { out: 'out' }); }
   * ```
   */
  export function writeResult(data: unknown, options?: ResultOptions): void;

  /** Names of all operations. */
  export const operations: string[];

  const module: { Fleet: typeof Fleet; conformance: typeof conformance; writeResult: typeof writeResult; operations: string[] };
  export default module;
}
