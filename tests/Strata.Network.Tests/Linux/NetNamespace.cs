using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Strata.Network.Linux;

namespace Strata.Network.Tests.Linux;

/// <summary>A network namespace of the test's own, removed with everything in it at the end.</summary>
internal sealed partial class NetNamespace : IDisposable
{
    private const string Prefix = "strata-test-";

    private static int s_count;

    // A run that crashed leaves its namespaces, named after its process.
    static NetNamespace()
    {
        foreach (var left in Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns", Prefix + "*") : [])
        {
            var owner = Path.GetFileName(left)[Prefix.Length..].Split('-')[0];
            if (owner == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || !Directory.Exists("/proc/" + owner))
            {
                Ip("netns", "delete", Path.GetFileName(left));
            }
        }
    }

    public NetNamespace(string role)
    {
        Name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{role}";
        Ip("netns", "add", Name);
        InNamespace("ip", "link", "set", "lo", "up");
    }

    public static bool Supported => Environment.UserName == "root" && (File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip")) && LibNftables.TryLoad() is not null;

    public string Name { get; }

    public IHostCommand Host => new HostCommand(TimeProvider.System, "ip", "netns", "exec", Name);

    /// <summary>Runs on a thread inside the namespace. A socket made here stays in it, whoever uses it later.</summary>
    public T Run<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle("/run/netns/" + Name);
                if (SetNamespace((int)handle.DangerousGetHandle(), 0x40000000) != 0) // CLONE_NEWNET
                {
                    throw new InvalidOperationException("setns: " + Marshal.GetLastPInvokeErrorMessage());
                }
                result = action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public string InNamespace(params string[] command) => Execute("ip", ["netns", "exec", Name, .. command]);

    /// <summary>Joins this namespace to another by a veth pair: <paramref name="inside"/> here, <paramref name="outside"/> there.</summary>
    public void Connect(string inside, NetNamespace other, string outside) =>
        Ip("link", "add", inside, "netns", Name, "type", "veth", "peer", "name", outside, "netns", other.Name);

    public void Dispose() => Ip("netns", "delete", Name);

    private static void Ip(params string[] arguments) => Execute("ip", arguments);

    private static string Execute(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd(); // Errors are a line or two: they fit the pipe meanwhile.
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int type);
}
