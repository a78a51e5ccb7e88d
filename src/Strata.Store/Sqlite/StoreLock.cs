namespace Strata.Store.Sqlite;

/// <summary>Keeps a second process (or a second store in this one) off the file, with a lock on a file beside it that the kernel
/// drops when the process dies, however it dies.</summary>
/// <remarks>SQLite itself would let both in, and two writers that each believe they know the latest revision would corrupt
/// history without a single SQLite error.</remarks>
internal sealed class StoreLock : IDisposable
{
    // EWOULDBLOCK, as the runtime reports a lock that is taken.
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    public static StoreLock Acquire(string storePath)
    {
        try
        {
            return new StoreLock(PrivateFile.OpenOrCreate(storePath + ".lock", FileShare.None)); // On Linux: flock(LOCK_EX | LOCK_NB).
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StoreLockedException($"{storePath} is in use by another process");
        }
    }

    public void Dispose() => _file.Dispose();
}
