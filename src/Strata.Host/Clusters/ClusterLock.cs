namespace Strata.Host.Clusters;

/// <summary>Held by the one process that runs a cluster; the kernel releases it when that process ends, however it ends.</summary>
internal sealed class ClusterLock : IDisposable
{
    private readonly FileStream _file;

    private ClusterLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null when another process has it.</summary>
    public static ClusterLock? TryTake(ClusterPaths paths)
    {
        try
        {
            return new ClusterLock(new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
