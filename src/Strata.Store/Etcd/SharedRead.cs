namespace Strata.Store.Etcd;

/// <summary>One number that many ask for at once, read from afar: every caller gets a reading that began after it asked, and all who wait share it.</summary>
internal sealed class SharedRead(Func<Task<long>> read)
{
    private readonly Lock _gate = new(); // Guards the fields below.
    private Task<long>? _running;
    private Task<long>? _waiting;

    public Task<long> GetAsync()
    {
        lock (_gate)
        {
            return _waiting ??= RunAfterAsync(_running);
        }
    }

    private async Task<long> RunAfterAsync(Task<long>? previous)
    {
        await Task.Yield(); // Leaves the lock, so that the field is set before it is moved on.
        if (previous is not null)
        {
            await Task.WhenAny(previous); // However it ends.
        }

        lock (_gate)
        {
            _running = _waiting;
            _waiting = null;
        }

        return await read();
    }
}
