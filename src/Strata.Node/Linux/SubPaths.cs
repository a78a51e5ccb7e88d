using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Strata.NodeAgent.Volumes;

namespace Strata.NodeAgent.Linux;

/// <summary>Mounts a path inside a volume without leaving the volume, even when a container changes links while it happens: the path is opened with RESOLVE_BENEATH
/// and what was opened is bound to a place of the agent's own. Source: pkg/volume/util/subpath (CVE-2017-1002101, CVE-2021-25741).</summary>
internal static partial class SubPaths
{
    private const long OpenAt2 = 437; // Same number on every architecture (added in Linux 5.6).
    private const int AtCurrentFolder = -100;
    private const ulong OpenPathOnly = 0x200000; // O_PATH
    private const ulong CloseOnExec = 0x80000;
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const int NoEntry = 2;

    /// <summary>Makes <paramref name="subPath"/> of a volume available at <paramref name="target"/>; a path that does not exist becomes a folder.</summary>
    public static string Prepare(string volume, string subPath, string target)
    {
        if (subPath.StartsWith('/') || subPath.Split('/').Contains(".."))
        {
            throw new VolumeException($"subPath \"{subPath}\" must be relative and must not contain '..'");
        }

        using var opened = Open(volume, subPath) ?? Create(volume, subPath);
        var source = $"/proc/self/fd/{opened.DangerousGetHandle()}";
        MakeTarget(target, isFolder: Directory.Exists(source));
        SystemCalls.MountBindTo(source, target);
        return target;
    }

    private static void MakeTarget(string target, bool isFolder)
    {
        // From an earlier run of the container.
        SystemCalls.Unmount(target);
        if (isFolder ? Directory.Exists(target) : File.Exists(target))
        {
            return;
        }

        Directory.CreateDirectory(isFolder ? target : Path.GetDirectoryName(target)!);
        if (!isFolder)
        {
            File.WriteAllBytes(target, []);
        }
    }

    private static SafeFileHandle Create(string volume, string subPath)
    {
        // Folder by folder, each checked before the next is made below it.
        var mode = File.GetUnixFileMode(volume);
        var walked = "";
        foreach (var part in subPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parent = Open(volume, walked.Length == 0 ? "." : walked) ?? throw new VolumeException($"subPath \"{subPath}\" vanished");
            walked = walked.Length == 0 ? part : $"{walked}/{part}";
            var path = $"/proc/self/fd/{parent.DangerousGetHandle()}/{part}";
            if (!Path.Exists(path))
            {
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, mode);
            }
        }

        return Open(volume, subPath) ?? throw new VolumeException($"cannot create subPath \"{subPath}\"");
    }

    private static unsafe SafeFileHandle? Open(string volume, string subPath)
    {
        var open = new OpenHow { Flags = OpenPathOnly | CloseOnExec };
        var folder = (int)syscall(OpenAt2, AtCurrentFolder, volume, &open, sizeof(OpenHow));
        Check(folder, volume);
        using var root = new SafeFileHandle(folder, ownsHandle: true);
        var below = new OpenHow { Flags = OpenPathOnly | CloseOnExec, Resolve = ResolveBeneath | ResolveNoMagicLinks };
        var file = (int)syscall(OpenAt2, folder, subPath, &below, sizeof(OpenHow));
        if (file < 0 && Marshal.GetLastPInvokeError() == NoEntry)
        {
            return null;
        }

        Check(file, $"{subPath} in {volume}");
        return new SafeFileHandle(file, ownsHandle: true);
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            throw new VolumeException($"cannot open {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long syscall(long number, int folder, string path, OpenHow* how, nint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
