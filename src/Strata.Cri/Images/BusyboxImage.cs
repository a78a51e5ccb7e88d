using System.Diagnostics;

namespace Strata.Cri.Images;

/// <summary>Adds the host's statically linked busybox (Debian package busybox-static) to an image: the file and a link per
/// applet. Small images for demos and tests that need no registry.</summary>
public static class BusyboxImage
{
    public const string DefaultPath = "/bin/busybox";

    /// <exception cref="FileNotFoundException">There is no busybox at <paramref name="busyboxPath"/>.</exception>
    public static async Task<OciImageBuilder> AddBusyboxAsync(
        this OciImageBuilder builder, CancellationToken cancellationToken, string busyboxPath = DefaultPath)
    {
        if (!File.Exists(busyboxPath))
        {
            throw new FileNotFoundException($"there is no {busyboxPath}; install the package busybox-static", busyboxPath);
        }
        using var list = Process.Start(new ProcessStartInfo(busyboxPath, "--list") { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"cannot run {busyboxPath}");
        var applets = await list.StandardOutput.ReadToEndAsync(cancellationToken);
        await list.WaitForExitAsync(cancellationToken);

        builder.AddHostFile("/bin/busybox", busyboxPath, OciImageBuilder.ExecutableMode);
        foreach (var applet in applets.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (applet != "busybox")
            {
                builder.AddSymbolicLink("/bin/" + applet, "/bin/busybox");
            }
        }
        return builder
            .AddFile("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"u8.ToArray())
            .AddFile("/etc/group", "root:x:0:\nnogroup:x:65534:\n"u8.ToArray())
            .AddDirectory("/root", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
            .AddDirectory("/tmp", (UnixFileMode)0b1_111_111_111);
    }
}
