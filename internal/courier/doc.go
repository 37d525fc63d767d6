// Package courier moves what the office has queued whenever the link allows. It
// knows jobs, the link, order and patience; it knows no documents: what a job
// does is a Handler's business.
//
// The types: Courier is the engine, Handler does one kind of job, State is what
// the screen shows.
//
// # The states of a job
//
//	        Queue
//	          │
//	          ▼      start           nil
//	┌────► waiting ─────────► running ───► done ───► gone
//	│       │   ▲                │      (removed together, done.go)
//	│ NextTry   │                ├─ stopped: yield, pause, link off or lost, exit
//	│  passes   │                │  ─► waiting, no try spent, figures kept
//	│       │   │                ├─ offline ─► waiting, no try spent
//	│       └───┘                ├─ busy, conflict ─► waiting until NextTry, a try spent
//	│                            ├─ full ─► waiting a minute, no try spent
//	└──── Retry ──── held ◄──────┴─ rejected, needs-clerk, broken, last try, panic
//
// Waiting, held and NextTry are in the store; running and done only in memory, so
// that after a kill a job is simply waiting again.
//
// # The states of the link
//
//	off ── SetLink ──► on: paused │ retrying (until link.retry) │ unproven │ online
//
// Off and paused stop everything at once. Retrying is one timer for all lanes: when
// one finds no link nothing is started until then. Others that go on moving bytes
// show that the link is there; those that do not are stopped soon, and what they
// then meet counts no more (link.epoch). Unproven is one lane, or a poll, until
// something gets through; online is all lanes. Short losses are tried again within
// seconds by the jobs themselves, long ones by polls, which cost less.
//
// # The scheduler
//
// Whoever has the turn (Run, or a Drain) makes rounds. A round makes passes until
// nothing runs and nothing may start. A pass (pass.go):
//
//  1. removes what is done and due for it;
//  2. asks what is permitted now (permit.go): pause, retry, budget, quiet hours;
//  3. starts a poll when one is due; jobs run beside it if something got through
//     in the last day, else they wait for it, and always for a refused one;
//  4. asks lanes whose job is not permitted any more to yield;
//  5. fills free lanes with the jobs first in the order of order.go: urgency
//     lifted by age, answers before documents, small before large, old before
//     young. While lanes move documents, one small answer at a time runs beside
//     them and leaves them the lanes, and who has moved all bytes and waits for
//     the last answer leaves its lane to the next. (Without Options.Lanes one job
//     runs at a time, after the poll);
//  6. asks for each job that is more urgent than a running one and found no lane
//     that one of the lowest yields.
//
// Then it waits for a lane to end, a commit, a call, or the next moment at which
// something becomes due. Who is asked to yield is stopped at its next report of
// progress (context cause ErrYield), if its kind can go on where it stopped.
//
// Jobs about one record take turns in the order in which they were queued; the
// first of them counts as urgent as the most urgent behind it. A held one is out
// of turn and holds up nobody.
//
// # What holds jobs back
//
// Pause stops everything, polls too, until Resume or the moment given. In the
// quiet hours answers and urgent jobs (Urgency ≥ 1) run. When the day's bytes are
// used up urgent jobs run. While either rule holds, polls are made once an hour.
// A running job that cannot go on where it stopped is let finish: beginning it
// again would move more. Drain keeps to all three. "Send now" (SendNow) means to
// the clerk: try everything at once, whatever was put off and whatever the hour.
// It does not mean: spend money, or forget that I said stop; LiftBudget and Resume
// are keys of their own.
//
// # Invariants
//
//   - A job ends exactly once or is held; it is never dropped. It may run twice (a
//     crash between its effect and its end), so handlers must be idempotent;
//     whoever finished its own job in its own transaction simply returns nil.
//   - Never two jobs of one record at once, never one job twice at once.
//   - Being offline is normal and costs no tries. A job that finds no link again
//     and again while others get through steps aside for them.
//   - The order is kept in memory (queue.go) and costs the same with ten jobs and
//     with ten thousand; nothing is read for it before a poll got through.
//   - The clock of the PC may be set to anything at any time: no moment is waited
//     for longer than the longest wait of its kind.
//   - Idle costs nothing: one timer for the next due moment and no goroutine
//     that turns.
//   - A panic of a handler holds its job and does not end the courier.
//
// Start reading at courier.go, then pass.go, fill.go, lane.go, settle.go.
package courier
