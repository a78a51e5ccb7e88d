using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Arm.Client;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Security;
using Strata.ContainerInstances.Sessions;

namespace Strata.ContainerInstances.Tests;

/// <summary>The real service on loopback HTTPS over a fake core, with a client for it. Can be stopped and started on the same data.</summary>
internal sealed class InstanceHost : IAsyncDisposable
{
    public const string Token = "test-token";
    public const string Subscription = "00000000-0000-0000-0000-000000000001";
    private static readonly X509Certificate2 Certificate = CreateCertificate();
    private readonly List<string> _oldFolders = [];
    private string _folder = NewFolder();
    private readonly TimeProvider _clock;
    private ContainerInstancesServer? _server;
    private ArmClient? _client;

    private InstanceHost(TimeProvider clock)
    {
        _clock = clock;
        Core = new FakeCore(clock);
    }

    public FakeCore Core { get; }

    public InstanceLimits Limits { get; set; } = new();

    public ProvisioningPolicy Policy { get; set; } = new();

    public IContainerStreams? Streams { get; set; }

    public ArmClient Client => _client!;

    public ContainerGroupClient Groups => new(Client, Subscription, "rg1");

    public Uri Endpoint => _server!.Endpoint;

    public static async Task<InstanceHost> StartAsync(TimeProvider? clock = null, Action<InstanceHost>? configure = null)
    {
        var host = new InstanceHost(clock ?? TimeProvider.System);
        configure?.Invoke(host);
        await host.StartServerAsync();
        await host.Groups.EnsureResourceGroupAsync("local", CancellationToken.None);
        return host;
    }

    public async Task RestartAsync()
    {
        await StopServerAsync();
        await StartServerAsync();
    }

    /// <summary>As <c>kill -9</c> at this moment: what a new process finds on disk is what is there now, not what an orderly stop leaves.</summary>
    public async Task KillAndStartAsync()
    {
        var copy = NewFolder();
        foreach (var file in Directory.GetFiles(_folder).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        _oldFolders.Add(_folder);
        await StopServerAsync();
        _folder = copy;
        await StartServerAsync();
    }

    public async Task StopServerAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _server = null;
    }

    public async Task StartServerAsync()
    {
        _server = await ContainerInstancesServer.StartAsync(new ContainerInstancesOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Certificate = Certificate,
            DataDirectory = _folder,
            Tokens = StaticTokenValidator.FromLines([Token]),
            Core = Core,
            Limits = Limits,
            Provisioning = Policy,
            Prices = new PriceSheet(),
            Streams = Streams,
        }, _clock, NullLoggerFactory.Instance, CancellationToken.None);
        _client = NewClient(Token);
    }

    public ArmClient NewClient(string token) => new(new ArmClientOptions
    {
        Endpoint = Endpoint,
        GetTokenAsync = _ => ValueTask.FromResult(token),
        TrustedRoots = [X509CertificateLoader.LoadCertificate(Certificate.RawData)],
    }, TimeProvider.System);

    /// <summary>A plain HTTP client with the token, for what no typed client would send.</summary>
    public HttpClient NewHttp(string? token = Token)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new System.Net.Security.SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 c && c.RawData.AsSpan().SequenceEqual(Certificate.RawData),
            },
        }) { BaseAddress = Endpoint };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        return http;
    }

    public static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"did not come true in time: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    public static Task EventuallyAsync(Func<bool> condition, string what) => EventuallyAsync(() => Task.FromResult(condition()), what);

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        foreach (var folder in _oldFolders.Append(_folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("strata-aci-").FullName;

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
