namespace Strata.Store.Sqlite;

/// <summary>A read-only connection with its prepared statements. Each call reads one snapshot; one thread at a time.</summary>
internal sealed class ReadSession : IDisposable
{
    private const int LogPageEvents = 512;
    private const int LogPageBytes = 4 << 20;

    private readonly Database _database;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _state;
    private readonly Statement _currentRange;
    private readonly Statement _currentCount;
    private readonly Statement _pastKeys;
    private readonly Statement _logRow;
    private readonly Statement _logAfter;

    public ReadSession(string path)
    {
        _database = Database.Open(path, readOnly: true);
        _begin = _database.Prepare("BEGIN");
        _end = _database.Prepare("COMMIT");
        _state = _database.Prepare(StoreState.Sql);
        _currentRange = _database.Prepare("""
            SELECT key, mod_revision, create_revision, version, value FROM current WHERE key >= ?1 AND key < ?2 ORDER BY key
            """);
        _currentCount = _database.Prepare("SELECT count(*) FROM current WHERE key >= ?1 AND key < ?2");
        // Walks log_by_key in order, so it yields its first key at once. The row itself is fetched by revision, below: in one
        // statement the planner would gather all keys first.
        _pastKeys = _database.Prepare("""
            SELECT max(revision) FROM log INDEXED BY log_by_key WHERE key >= ?1 AND key < ?2 AND revision <= ?3 GROUP BY key ORDER BY key
            """);
        _logRow = _database.Prepare("SELECT key, revision, create_revision, version, value, deleted FROM log WHERE revision = ?1");
        _logAfter = _database.Prepare("""
            SELECT revision, deleted, previous_revision, create_revision, version, key, value
            FROM log WHERE revision > ?1 AND revision <= ?2 ORDER BY revision
            """);
    }

    public RangePage Range(KeyRange range, long atRevision, int limit)
    {
        try
        {
            var state = Begin();
            var revision = Guard.ReadRevision(atRevision, state.Floor, state.Revision);
            var entries = new List<StoreEntry>();
            var rows = revision == state.Revision ? CurrentRows(range) : PastRows(range, revision);
            foreach (var row in rows)
            {
                if (entries.Count == limit)
                {
                    return new RangePage(entries, More: true, revision);
                }
                entries.Add(ToEntry(row));
            }
            return new RangePage(entries, More: false, revision);
        }
        finally
        {
            End();
        }
    }

    public long Count(KeyRange range, long atRevision)
    {
        try
        {
            var state = Begin();
            var revision = Guard.ReadRevision(atRevision, state.Floor, state.Revision);
            return revision == state.Revision ? CountCurrent(range) : PastRows(range, revision).LongCount();
        }
        finally
        {
            End();
        }
    }

    public WatchBatch ReadLog(KeyRange range, long afterRevision, long throughRevision)
    {
        try
        {
            var state = Begin();
            if (afterRevision < state.Floor)
            {
                throw new CompactedException(afterRevision, state.Floor);
            }
            var events = new List<StoreEvent>();
            var bytes = 0;
            _logAfter.Bind(1, afterRevision).Bind(2, throughRevision);
            while (_logAfter.Step())
            {
                if (!range.Contains(_logAfter.Bytes(5)))
                {
                    continue;
                }
                var change = ToEvent(_logAfter);
                events.Add(change);
                bytes += change.Entry.Value.Length;
                if (events.Count == LogPageEvents || bytes >= LogPageBytes)
                {
                    return new WatchBatch(events, change.Revision);
                }
            }
            return new WatchBatch(events, throughRevision);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Fixes what <see cref="ReadAll"/> sees, until <see cref="EndSnapshot"/>.</summary>
    public StoreState BeginSnapshot() => Begin();

    public IEnumerable<StoreEntry> ReadAll() => CurrentRows(KeyRange.All).Select(ToEntry);

    public void EndSnapshot() => End();

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)
            [_begin, _end, _state, _currentRange, _currentCount, _pastKeys, _logRow, _logAfter])
        {
            statement.Dispose();
        }
        _database.Dispose();
    }

    private StoreState Begin()
    {
        _begin.Execute();
        return StoreState.Read(_state); // The first read fixes the snapshot.
    }

    private void End()
    {
        _currentRange.Reset();
        _currentCount.Reset();
        _pastKeys.Reset();
        _logRow.Reset();
        _logAfter.Reset();
        if (!_database.IsAutocommit)
        {
            _end.Execute();
        }
    }

    private long CountCurrent(KeyRange range)
    {
        _currentCount.Bind(1, range.Start.Span).Bind(2, Schema.UpperBound(range)).Step();
        return _currentCount.Number(0);
    }

    private IEnumerable<Statement> CurrentRows(KeyRange range)
    {
        _currentRange.Bind(1, range.Start.Span).Bind(2, Schema.UpperBound(range));
        while (_currentRange.Step())
        {
            yield return _currentRange;
        }
    }

    private IEnumerable<Statement> PastRows(KeyRange range, long revision)
    {
        _pastKeys.Bind(1, range.Start.Span).Bind(2, Schema.UpperBound(range)).Bind(3, revision);
        while (_pastKeys.Step())
        {
            _logRow.Bind(1, _pastKeys.Number(0));
            if (_logRow.Step() && _logRow.Number(5) == 0)
            {
                yield return _logRow;
            }
            _logRow.Reset();
        }
    }

    private static StoreEntry ToEntry(Statement row) =>
        new(row.Copy(0), row.Copy(4), createRevision: row.Number(2), modRevision: row.Number(1), version: row.Number(3));

    private static StoreEvent ToEvent(Statement row)
    {
        // A tombstone row carries the entry it removed.
        var (revision, deleted) = (row.Number(0), row.Number(1) != 0);
        var modRevision = deleted ? row.Number(2) : revision;
        var entry = new StoreEntry(row.Copy(5), row.Copy(6), createRevision: row.Number(3), modRevision, version: row.Number(4));
        return new StoreEvent(deleted ? StoreEventKind.Delete : StoreEventKind.Put, revision, entry);
    }
}
