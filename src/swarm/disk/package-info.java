/// What survives: the log, the snapshots, and the directory they lie in.
///
/// `Disk` is one flat directory and all that is done to it; `FileDisk` does it to a real one, the
/// simulator's twin to one that can lose, keep or tear whatever was not synced. `Wal` is the log on
/// it: segments filled with zeros in advance, one write and one sync for a whole round. `Snapshots`
/// are the state up to an index, written aside and renamed. Both kinds of file are sealed: `Seal`
/// encrypts, `FileHeader` begins a file, `Frame` holds one record. `SegmentScan` tells a torn tail,
/// which nobody was ever promised, from damage, which is refused as `DamagedLog`; `LogChain` puts
/// the segments together again.
///
/// `StateDir` says what lies where, whose it is, and that only one daemon uses it. The bytes are in
/// swarm-state(5), with what each crash leaves.
package swarm.disk;
