namespace Strata.Host.Backup;

/// <summary>A folder that only its owner can read, for what is on its way into or out of a backup; gone when disposed.</summary>
internal sealed class BackupFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private BackupFolder(string path) => Path = path;

    public string Path { get; }

    /// <param name="beside">A file or folder whose disk has room for it.</param>
    public static BackupFolder Create(string beside)
    {
        var path = $"{System.IO.Path.GetFullPath(beside).TrimEnd('/')}.strata-{Environment.ProcessId}";
        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        return new BackupFolder(path);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static FileStream CreateFile(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
