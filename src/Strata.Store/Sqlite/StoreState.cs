namespace Strata.Store.Sqlite;

/// <summary>How far a store is, as of one transaction.</summary>
/// <param name="Revision">The latest revision.</param>
/// <param name="Floor">The oldest revision that can be read.</param>
/// <param name="Compacted">Log rows up to this revision have been thinned out; catches up with the floor step by step.</param>
internal readonly record struct StoreState(long Revision, long Floor, long Compacted)
{
    // The newest log row may be a tombstone that compaction removed; then the floor is at (or the state was made from) it.
    public const string Sql = """
        SELECT (SELECT max(revision) FROM log),
               (SELECT number FROM meta WHERE name = 'floor'),
               (SELECT number FROM meta WHERE name = 'compacted')
        """;

    /// <summary>Runs a statement made from <see cref="Sql"/>. An empty store is at revision 1.</summary>
    public static StoreState Read(Statement statement)
    {
        statement.Step();
        var (newest, floor, compacted) = (statement.Number(0), statement.Number(1), statement.Number(2));
        statement.Reset();
        return new StoreState(Math.Max(1, Math.Max(newest, floor)), floor, compacted);
    }
}
