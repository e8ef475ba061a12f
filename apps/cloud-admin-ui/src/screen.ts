/** A screen of the application. */
export interface Screen {
  /** As `screen_name` of every event that is recorded on it. */
  readonly name: string;
  /** What stands as its heading. */
  readonly title: string;
  /** What stands under the heading. */
  render(): readonly (Node | string)[];
}
