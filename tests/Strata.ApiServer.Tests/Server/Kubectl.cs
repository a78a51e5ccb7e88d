using System.Diagnostics;
using System.Text;

namespace Strata.ApiServer.Tests.Server;

/// <summary>Runs the real <c>kubectl</c> against a test server, with a home, cache and kubeconfig of its own.</summary>
internal sealed class Kubectl : IDisposable
{
    private static readonly Lazy<bool> Found = new(static () =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "kubectl"))));

    private readonly string _home = Directory.CreateTempSubdirectory("strata-kubectl-").FullName;

    public Kubectl(TestApi api)
    {
        var pair = TestCertificates.ClientPair("admin", "system:masters");
        File.WriteAllText(
            ConfigPath,
            $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster:
                server: {api.Address}
                certificate-authority-data: {Base64(TestCertificates.AuthorityPem)}
            users:
            - name: admin
              user:
                client-certificate-data: {Base64(pair.CertificatePem)}
                client-key-data: {Base64(pair.KeyPem)}
            contexts:
            - name: test
              context:
                cluster: test
                user: admin
            """);
    }

    public static bool IsInstalled => Found.Value;

    private string ConfigPath => Path.Combine(_home, "config");

    /// <summary>Runs a command to its end.</summary>
    /// <param name="input">What it reads with <c>-f -</c>.</param>
    /// <returns>Exit code, and what it printed on both outputs.</returns>
    public async Task<(int Code, string Output)> TryAsync(string command, string? input = null)
    {
        using var process = Start(command);
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"kubectl {command} did not end within a minute");
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<string> RunAsync(string command, string? input = null)
    {
        var (code, output) = await TryAsync(command, input);
        Assert.True(code == 0, $"kubectl {command} ended with {code}: {output}");
        return output;
    }

    /// <summary>Starts a command that goes on; the caller ends it.</summary>
    public Process Start(string command)
    {
        var start = new ProcessStartInfo("kubectl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Split(command))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = _home;
        start.Environment["KUBECONFIG"] = ConfigPath;
        start.Environment["KUBECACHEDIR"] = Path.Combine(_home, "cache");
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // Words, where '…' holds one together.
    private static IEnumerable<string> Split(string command) =>
        command.Split('\'').SelectMany(static (part, index) => index % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
