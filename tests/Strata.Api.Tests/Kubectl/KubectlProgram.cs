using System.ComponentModel;
using System.Diagnostics;

namespace Strata.Api.Tests.Kubectl;

/// <summary>Runs the installed kubectl with a home of its own.</summary>
internal sealed class KubectlProgram(string server) : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("strata-kubectl-");

    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    public async Task<string> RunAsync(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", ["--kubeconfig=/dev/null", $"--server={server}", $"--cache-dir={_home.FullName}/cache", "-n", "demo", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = _home.FullName },
        };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Process.Start(start) ?? throw new Win32Exception("kubectl did not start");
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {await error}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public void Dispose() => _home.Delete(recursive: true);
}
