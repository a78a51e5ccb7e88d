using System.Text;

namespace Strata.Hosting.Files;

/// <summary>Files whose content is complete or absent, never half written, and that only their owner reads.</summary>
public static class SecureFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Writes with mode 0600 by way of a new file and a rename, synced to disk before the rename.</summary>
    public static void Write(string path, string content)
    {
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Creates a folder with mode 0700; one that exists keeps its mode.</summary>
    public static void CreateFolder(string path) => Directory.CreateDirectory(path, OwnerOnlyFolder);

    /// <summary>Reads a secret file, or makes it with <paramref name="make"/> at first use.</summary>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            Write(path, make());
        }

        return File.ReadAllText(path);
    }
}
