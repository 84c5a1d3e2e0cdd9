// What the report's modules hand each other. For the type checker alone: the page carries none of it.

export type SourceKind = "api" | "manual" | "local" | "import";

/** A dimension that a reader filters by a list of names. */
export type Dimension = "provider" | "account" | "project" | "key" | "host" | "model";

/** What charts and tables can be grouped by. */
export type Group = Dimension | "source";

export type Grain = "day" | "week" | "month";

/** The first and the last day of some days, both included, as days since 1970. */
export type Span = [first: number, last: number];

/** What all rows of one series have in common. */
export interface Series {
  provider: string;
  account: string;
  model: string | null;
  project: string | null;
  key: string | null;
  host: string | null;
  source: SourceKind;
  /** whether it is an amount of a period, spread over its days */
  isSpread: boolean;
  /** kind of cost: "spend" or "list_price_value" */
  kind: string;
  currency: string;
}

/** Token counts; null is unknown, which is not zero. */
export interface TokenCounts {
  input: number | null;
  cached: number | null;
  output: number | null;
  total: number | null;
  unpriced: number;
}

/** The cost and use of one series on one day. */
export interface Row extends TokenCounts {
  day: number;
  series: Series;
  /** a whole number of units of 10^-scale, in the currency on screen; null: unpriced */
  units: bigint | null;
  /** as it is billed, in the currency of the series */
  billed: bigint | null;
}

/** The form of the page's rows, described in dashboards/facts.py. */
export interface FactsDocument {
  format: number;
  scale: number;
  first_day: string | null;
  columns: string[];
  names: Record<string, (string | null)[]>;
  series: (number | string)[][];
}

/** One kind of cost the page can be read in. */
export interface CostView {
  kind: string;
  /** as a control says it: "Spend" */
  label: string;
  /** within a sentence: "spend" */
  noun: string;
}

export type RecordedSource = [
  currency: string,
  kind: string,
  provider: string,
  account: string,
  source: string,
  name: string,
  from: string,
  through: string | null,
];

/** Which build the page shows, in what currency, and since when each source is recorded. */
export interface ReportContext {
  asOf: string;
  buildId: string;
  /** the reporting currency */
  currency: string;
  isSample: boolean;
  organisation: string | null;
  /** what each source kind is called */
  sourceLabels: Record<string, string>;
  /** what people call the providers, where it differs from what the facts call them */
  providerNames: Record<string, string>;
  today: string;
  billingCurrencies: string[];
  recorded: RecordedSource[];
  costViews: CostView[];
}

/** What one kind of cost can be filtered by, the costliest names first. */
export interface Choices extends Record<Dimension, string[]> {
  sources: SourceKind[];
}

/** Since when and through when a source is recorded. */
export interface RecordedSpan {
  name: string;
  from: number;
  /** Infinity: nothing is missing after it */
  through: number;
}

/** All that the page carries, read. */
export interface Report {
  context: ReportContext;
  today: number;
  /** what `currency` can be chosen from, see currencyChoices */
  currencies: string[];
  /** what is on screen: all that counts in the reporting currency, or what is billed in one currency, alone */
  currency: string;
  /** whether only what is billed in `currency` is on screen, not converted */
  isAlone: boolean;
  /** every row of the currency on screen */
  rows: Row[];
  rowsByKind: Record<string, Row[]>;
  firstDay: number;
  lastDay: number;
  choices: Record<string, Choices>;
  recorded: Map<string, RecordedSpan>;
  /** the colours of what a chart of one kind of cost is grouped by */
  coloursOf(kind: string, group: Group): import("./group_colours.js").GroupColours;
  /** what each panel's Python hands its script, by panel */
  panels: Record<string, unknown>;
}

/** What the reader has chosen. */
export interface State extends Record<Dimension, string[]> {
  kind: string;
  /** the currency that is looked at alone; "all": every amount, in the reporting currency */
  currency: string;
  source: string;
  range: string;
  from: number | null;
  to: number | null;
  /** null: the chart by provider, the tables by model */
  group: Group | null;
  /** the day that is looked at closely */
  day: number | null;
  /** the choices that panels offer; null: left to the panel */
  options: Record<string, string | null>;
}

/** A choice that a panel offers: a group of buttons, or a select, whose element has the option's name as its id. */
export interface PanelOption {
  values: string[];
  /** the value where nothing is chosen; null leaves it to the panel */
  usual: string | null;
}

export interface Actions {
  /** puts another state on screen and in the link */
  change(choice: Partial<State>): void;
  resetFilters(): void;
  redraw(): void;
}

/** What a panel draws from. */
export interface PanelInput {
  report: Report;
  state: State;
  /** the rows behind the filters, within the range */
  rows: Row[];
  range: Span;
  actions: Actions;
}

export interface PanelScript {
  render(input: PanelInput): void;
  /** runs once, before anything is drawn */
  start(actions: Actions): void;
  options: Record<string, PanelOption>;
  /** whether the panel shows what the filters leave; the others say that they are of everything */
  isFiltered: boolean;
}

/** The rows of a time bucket. `isPart`: the range does not cover all of it. */
export interface Bucket {
  start: number;
  from: number;
  to: number;
  isPart: boolean;
  rows: Row[];
}

/** A table as texts. */
export interface TableText {
  columns: { name: string; number?: boolean }[];
  rows: string[][];
}
