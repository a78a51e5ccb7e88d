using Strata.Api.Models;

namespace Strata.NodeAgent.Volumes;

/// <summary>hostPath volumes: checks what is there, makes what may be made. Source: pkg/volume/hostpath (behaviour and words).</summary>
internal static class HostPaths
{
    private const UnixFileMode NewFolderMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode NewFileMode = (UnixFileMode)0b110_100_100;

    public static string Prepare(string volumeName, HostPathVolumeSource source)
    {
        var path = source.Path;
        if (path.Split('/').Contains(".."))
        {
            throw Failure(volumeName, $"hostPath \"{path}\" must not contain '..'");
        }

        switch (source.Type ?? "")
        {
            case "DirectoryOrCreate":
                Directory.CreateDirectory(path, NewFolderMode);
                break;
            case "FileOrCreate":
                CreateFile(path);
                break;
        }

        var problem = (source.Type ?? "") switch
        {
            "" => null,
            "Directory" or "DirectoryOrCreate" => Directory.Exists(path) ? null : "is not a directory",
            "File" or "FileOrCreate" => IsRegular(path) ? null : "is not a file",
            "Socket" => Is(path, 0xC000) ? null : "is not a socket",
            "CharDevice" => Is(path, 0x2000) ? null : "is not a character device",
            "BlockDevice" => Is(path, 0x6000) ? null : "is not a block device",
            var other => $"has the unknown type {other}",
        };
        return problem is null ? path : throw Failure(volumeName, $"hostPath type check failed: {path} {problem}");
    }

    private static void CreateFile(string path)
    {
        if (!File.Exists(path))
        {
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = NewFileMode });
        }
    }

    private static bool IsRegular(string path) => File.Exists(path) && Is(path, 0x8000);

    private static bool Is(string path, int type) => Linux.FileKind.Of(path) == type;

    private static VolumeException Failure(string volumeName, string problem) => new($"MountVolume.SetUp failed for volume \"{volumeName}\" : {problem}");
}
