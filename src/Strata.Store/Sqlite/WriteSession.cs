namespace Strata.Store.Sqlite;

/// <summary>The one writing connection. Only the commit loop's thread uses it: begin, any number of decisions and changes,
/// then commit or roll back all of them.</summary>
/// <remarks>Hot path: per write one look-up, one row into <c>current</c>, one appended to <c>log</c>.</remarks>
internal sealed class WriteSession : IDisposable
{
    private readonly Database _database;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _state;
    private readonly Statement _find;
    private readonly Statement _setCurrent;
    private readonly Statement _removeCurrent;
    private readonly Statement _append;
    private readonly Statement _setMeta;
    private readonly Statement _dropSuperseded;
    private readonly Statement _dropTombstones;

    /// <param name="database">A connection set up by <see cref="Schema.Prepare"/>; owned from here on.</param>
    public WriteSession(Database database)
    {
        _database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _rollback = database.Prepare("ROLLBACK");
        _state = database.Prepare(StoreState.Sql);
        _find = database.Prepare("SELECT mod_revision, create_revision, version, value FROM current WHERE key = ?1");
        _setCurrent = database.Prepare("""
            INSERT OR REPLACE INTO current (key, mod_revision, create_revision, version, value) VALUES (?1, ?2, ?3, ?4, ?5)
            """);
        _removeCurrent = database.Prepare("DELETE FROM current WHERE key = ?1");
        _append = database.Prepare("""
            INSERT INTO log (revision, deleted, previous_revision, create_revision, version, key, value)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        _setMeta = database.Prepare("UPDATE meta SET number = ?2 WHERE name = ?1");
        _dropSuperseded = database.Prepare("""
            DELETE FROM log WHERE revision IN (
                SELECT previous_revision FROM log WHERE revision > ?1 AND revision <= ?2 AND previous_revision <> 0)
            """);
        _dropTombstones = database.Prepare("DELETE FROM log WHERE revision > ?1 AND revision <= ?2 AND deleted = 1");
        State = StoreState.Read(_state);
    }

    /// <summary>Including what the open transaction has changed.</summary>
    public StoreState State { get; private set; }

    /// <summary>What the open transaction has changed, in order.</summary>
    public List<StoreEvent> Changes { get; private set; } = [];

    public void Begin()
    {
        _begin.Execute();
        Changes = [];
    }

    public void Commit() => _commit.Execute();

    /// <summary>Undoes the open transaction, if the error that led here has not done so.</summary>
    public void Rollback()
    {
        Changes = [];
        if (!_database.IsAutocommit)
        {
            _rollback.Execute();
        }
        State = StoreState.Read(_state);
    }

    /// <summary>Folds the write-ahead log into the file and empties it, which gives its room back to a full disk.</summary>
    public void Checkpoint() => _database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    /// <summary>The entry now. Without <paramref name="withValue"/> its value is left empty, which spares reading it.</summary>
    public StoreEntry? Find(ReadOnlyMemory<byte> key, bool withValue)
    {
        try
        {
            return _find.Bind(1, key.Span).Step()
                ? new StoreEntry(
                    key, withValue ? _find.Copy(3) : [],
                    createRevision: _find.Number(1), modRevision: _find.Number(0), version: _find.Number(2))
                : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public StoreEntry Put(StoreEntry? current, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        var entry = StoreEntry.Next(current, key, value, State.Revision + 1);
        _setCurrent.Bind(1, key.Span).Bind(2, entry.ModRevision).Bind(3, entry.CreateRevision).Bind(4, entry.Version)
            .Bind(5, value.Span).Execute();
        Append(new StoreEvent(StoreEventKind.Put, entry.ModRevision, entry), current?.ModRevision ?? 0);
        return entry;
    }

    public void Delete(StoreEntry current)
    {
        _removeCurrent.Bind(1, current.Key.Span).Execute();
        Append(new StoreEvent(StoreEventKind.Delete, State.Revision + 1, current), current.ModRevision);
    }

    public void RaiseFloor(long revision)
    {
        if (revision > State.Floor)
        {
            SetMeta("floor"u8, revision);
            State = State with { Floor = revision };
        }
    }

    /// <summary>Thins out the next <paramref name="revisions"/> revisions below the floor.</summary>
    /// <returns>True when the floor is reached.</returns>
    public bool CompactStep(int revisions)
    {
        var (from, to) = (State.Compacted, Math.Min(State.Floor, State.Compacted + revisions));
        if (from < to)
        {
            // A change at or below the floor hides the one before it from every read that is still allowed.
            _dropSuperseded.Bind(1, from).Bind(2, to).Execute();
            _dropTombstones.Bind(1, from).Bind(2, to).Execute();
            SetMeta("compacted"u8, to);
            State = State with { Compacted = to };
        }
        return to == State.Floor;
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)
            [
                _begin, _commit, _rollback, _state, _find, _setCurrent, _removeCurrent, _append, _setMeta, _dropSuperseded,
                _dropTombstones,
            ])
        {
            statement.Dispose();
        }
        _database.Dispose();
    }

    private void Append(StoreEvent change, long previousRevision)
    {
        var entry = change.Entry;
        _append.Bind(1, change.Revision).Bind(2, change.Kind == StoreEventKind.Delete ? 1 : 0).Bind(3, previousRevision)
            .Bind(4, entry.CreateRevision).Bind(5, entry.Version).Bind(6, entry.Key.Span).Bind(7, entry.Value.Span).Execute();
        Changes.Add(change);
        State = State with { Revision = change.Revision };
    }

    private void SetMeta(ReadOnlySpan<byte> name, long number) => _setMeta.BindText(1, name).Bind(2, number).Execute();
}
