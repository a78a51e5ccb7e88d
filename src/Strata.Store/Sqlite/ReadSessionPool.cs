using System.Collections.Concurrent;

namespace Strata.Store.Sqlite;

/// <summary>Lends read sessions: as many as there are concurrent readers, of which a few are kept.</summary>
internal sealed class ReadSessionPool(string path) : IDisposable
{
    private const int MaxIdle = 4;

    private readonly ConcurrentStack<ReadSession> _idle = new();
    private volatile bool _disposed;

    public TResult Read<TArgument, TResult>(Func<ReadSession, TArgument, TResult> read, TArgument argument)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(IRevisionedStore));
        var session = _idle.TryPop(out var idle) ? idle : new ReadSession(path);
        try
        {
            return read(session, argument);
        }
        finally
        {
            Return(session);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var session))
        {
            session.Dispose();
        }
    }

    private void Return(ReadSession session)
    {
        if (_disposed || _idle.Count >= MaxIdle)
        {
            session.Dispose();
            return;
        }
        _idle.Push(session);
        if (_disposed)
        {
            Dispose(); // The pool was closed in between: this session, and only such, may still be inside.
        }
    }
}
