/** The whole screen: header, list, panes, capture, footer, and an overlay above them. Draws the state, sends events. */
import { Box, useApp, useWindowSize } from 'ink';
import { type ReactElement, useEffect, useSyncExternalStore } from 'react';
import type { Session } from '../src/store/session.ts';
import type { State } from '../src/store/state.ts';
import { findMouseEvent, listRows } from './find-mouse-event.ts';
import { useClipboard } from './hooks/use-clipboard.ts';
import { useKeys } from './hooks/use-keys.ts';
import { useMouse } from './hooks/use-mouse.ts';
import { divideScreen, isTooSmall, type Layout } from './layout.ts';
import { Overlays } from './overlays/Overlays.tsx';
import { CapturePane } from './panes/CapturePane.tsx';
import { PaneArea } from './panes/PaneArea.tsx';
import { Targets } from './panes/Targets.tsx';
import { Footer } from './ui/Footer.tsx';
import { Rule } from './ui/Frame.tsx';
import { Header } from './ui/Header.tsx';
import { TooSmall } from './ui/TooSmall.tsx';
import { chooseTheme, ThemeContext } from './ui/theme.ts';

export type AppProps = {
  readonly session: Session;
  /** False where NO_COLOR or --no-color asks for none. */
  readonly color?: boolean;
};

/** How long a session may take to close before the screen goes without it. */
const CLOSE_TIMEOUT_MS = 3000;

export function App({ session, color = true }: AppProps): ReactElement {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const { columns, rows } = useWindowSize();
  const capture = state.capture === undefined ? 'none' : state.focus === 'capture' ? 'focused' : 'open';
  const layout = divideScreen(columns, rows, capture);
  const isTiny = isTooSmall(columns, rows);
  useKeys(session, pageRows(state, layout));
  useMouse(state.mouse && !state.closing, (mouse) => {
    const event = isTiny ? undefined : findMouseEvent(session.getState(), layout, mouse);
    if (event !== undefined) session.dispatch(event);
  });
  useClipboard(state.copied);
  useExit(state);
  return (
    <ThemeContext value={chooseTheme(color)}>
      {isTiny ? <TooSmall columns={columns} rows={rows} /> : <Screen state={state} layout={layout} />}
    </ThemeContext>
  );
}

type ScreenProps = { readonly state: State; readonly layout: Layout };

function Screen({ state, layout }: ScreenProps): ReactElement {
  const { columns, rows, captureWide } = layout;
  return (
    <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
      <Header state={state} columns={columns} />
      {state.capture === undefined || !captureWide ? (
        <BesideList state={state} layout={layout} />
      ) : (
        <BelowList state={state} layout={layout} />
      )}
      <Footer state={state} columns={columns} />
      <Overlays state={state} layout={layout} />
    </Box>
  );
}

/** The list takes the whole height; a capture stands below the panes. */
function BesideList({ state, layout }: ScreenProps): ReactElement {
  const { bodyRows, listColumns, paneColumns, paneRows } = layout;
  const hasCapture = state.capture !== undefined;
  return (
    <Box height={bodyRows}>
      <Rule rows={bodyRows} />
      <Targets state={state} columns={listColumns} rows={bodyRows} />
      <Rule rows={bodyRows} joints={hasCapture ? { [paneRows]: '├' } : {}} />
      <Box flexDirection="column" width={paneColumns}>
        <PaneArea state={state} columns={paneColumns} rows={paneRows} />
        <CaptureArea state={state} columns={paneColumns} rows={layout.captureRows} />
      </Box>
      <Rule rows={bodyRows} joints={hasCapture ? { [paneRows]: '┤' } : {}} />
    </Box>
  );
}

/** On a narrow terminal the capture takes the whole width below both. */
function BelowList({ state, layout }: ScreenProps): ReactElement {
  const { bodyRows, listColumns, paneColumns, paneRows, captureRows, columns } = layout;
  return (
    <Box height={bodyRows}>
      <Rule rows={bodyRows} joints={{ [paneRows]: '├' }} />
      <Box flexDirection="column">
        <Box height={paneRows}>
          <Targets state={state} columns={listColumns} rows={paneRows} />
          <Rule rows={paneRows} />
          <PaneArea state={state} columns={paneColumns} rows={paneRows} />
        </Box>
        <CaptureArea state={state} columns={columns - 2} rows={captureRows} />
      </Box>
      <Rule rows={bodyRows} joints={{ [paneRows]: '┤' }} />
    </Box>
  );
}

type AreaProps = { readonly state: State; readonly columns: number; readonly rows: number };

function CaptureArea({ state, columns, rows }: AreaProps): ReactElement | null {
  if (state.capture === undefined) return null;
  const focused = state.focus === 'capture';
  return <CapturePane capture={state.capture} focused={focused} columns={columns} rows={rows} />;
}

/** Leaves when the session is closed, or takes too long to close. */
function useExit(state: State): void {
  const { exit } = useApp();
  useEffect(() => {
    if (state.closed) exit();
  }, [state.closed, exit]);
  useEffect(() => {
    if (!state.closing) return;
    const timer = setTimeout(() => exit(), CLOSE_TIMEOUT_MS);
    return () => clearTimeout(timer);
  }, [state.closing, exit]);
}

function pageRows(state: State, layout: Layout): number {
  const rows = {
    list: listRows(layout) - 1,
    pane: layout.paneRows - 3,
    capture: layout.captureRows - 1,
  };
  return Math.max(1, state.mode.kind === 'normal' ? rows[state.focus] : layout.rows - 6);
}
