/** Any schema of a library that speaks Standard Schema: https://standardschema.dev. */
export interface StandardSchema<In = unknown, Out = In> {
  readonly '~standard': StandardProps<In, Out, string>;
}

export interface StandardProps<In, Out, Vendor extends string> {
  readonly version: 1;
  readonly vendor: Vendor;
  readonly validate: (value: unknown) => StandardResult<Out> | Promise<StandardResult<Out>>;
  readonly types?: { readonly input: In; readonly output: Out } | undefined;
}

export type StandardResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];
