using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client.Events;
using Strata.Testing;

namespace Strata.Client.Tests.Events;

public sealed class EventRecorderTests
{
    private static readonly Pod Web = new() { Metadata = new ObjectMeta { Namespace = "default", Name = "web", Uid = "uid-web", ResourceVersion = "5" } };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_event_tells_about_whom_what_why_and_by_whom()
    {
        await using var server = await TestApiServer.StartAsync();
        await using (var recorder = Start(server.Admin))
        {
            recorder.Record(Web, "Warning", "BackOff", "Back-off restarting", "spec.containers{main}");
        }

        var told = Assert.Single(await EventsAsync(server));
        Assert.Equal(("Pod", "web", "uid-web", "spec.containers{main}"), (told.InvolvedObject.Kind, told.InvolvedObject.Name, told.InvolvedObject.Uid, told.InvolvedObject.FieldPath));
        Assert.Equal(("Warning", "BackOff", "Back-off restarting", 1), (told.Type, told.Reason, told.Message, told.Count));
        Assert.Equal(("test-component", "n1", "test-component"), (told.Source.Component, told.Source.Host, told.ReportingComponent));
        Assert.StartsWith("web.", told.Metadata.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_event_again_raises_the_count_and_the_time()
    {
        await using var server = await TestApiServer.StartAsync();
        await using (var recorder = Start(server.Admin))
        {
            recorder.Record(Web, "Normal", "Pulled", "same");
            _clock.Advance(TimeSpan.FromMinutes(3));
            recorder.Record(Web, "Normal", "Pulled", "same");
            recorder.Record(Web, "Normal", "Pulled", "other");
            recorder.Record(Web, "Normal", "Pulled", "same");
        }

        var events = await EventsAsync(server);
        Assert.Equal(2, events.Count);
        var same = events.Single(item => item.Message == "same");
        Assert.Equal((3, TimeSpan.FromMinutes(3)), (same.Count, same.LastTimestamp - same.FirstTimestamp));
    }

    [Fact]
    public async Task An_event_that_has_expired_is_written_anew()
    {
        await using var server = await TestApiServer.StartAsync();
        await using (var recorder = Start(server.Admin))
        {
            recorder.Record(Web, "Normal", "Pulled", "same");
            await Eventually.TrueAsync(async () => (await EventsAsync(server)).Count == 1);
            await server.Admin.DeleteAsync<Event>("default", (await EventsAsync(server))[0].Metadata.Name, DeleteRequest.Default, CancellationToken.None);
            recorder.Record(Web, "Normal", "Pulled", "same");
        }

        Assert.Equal(1, Assert.Single(await EventsAsync(server)).Count);
    }

    [Fact]
    public async Task An_event_about_a_cluster_scoped_object_lives_in_the_default_namespace()
    {
        await using var server = await TestApiServer.StartAsync();
        await using (var recorder = Start(server.Admin))
        {
            recorder.Record(new Node { Metadata = new ObjectMeta { Name = "n1", Uid = "uid-n1" } }, "Normal", "NodeReady", "ready");
        }

        Assert.Equal("default", Assert.Single(await EventsAsync(server)).Metadata.Namespace);
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_does_not_silence_the_next()
    {
        await using var server = await TestApiServer.StartAsync();
        await using (var recorder = Start(server.Admin))
        {
            recorder.Record(Web with { Metadata = Web.Metadata with { Namespace = "nowhere" } }, "Normal", "Lost", "lost");
            recorder.Record(Web, "Normal", "Kept", new string('x', 5000));
        }

        var kept = Assert.Single(await EventsAsync(server));
        Assert.Equal(("Kept", 1024), (kept.Reason, kept.Message.Length));
    }

    [Fact]
    public async Task A_failure_that_is_no_answer_of_the_server_does_not_silence_the_recorder()
    {
        var transport = new FailingTransport();
        await using (var recorder = Start(new KubeClient(transport)))
        {
            recorder.Record(Web, "Normal", "First", "a");
            recorder.Record(Web, "Normal", "Second", "b");
        }

        Assert.Equal(2, transport.Calls);
    }

    private static async Task<IReadOnlyList<Event>> EventsAsync(TestApiServer server) => (await server.Admin.ListAsync<Event>(null, ListOptions.All, CancellationToken.None)).Items;

    private EventRecorder Start(IKubeClient client) => EventRecorder.Start(client, "test-component", "n1", _clock, new Random(3), NullLogger<EventRecorder>.Instance);

    private sealed class FailingTransport : IApiTransport
    {
        public int Calls { get; private set; }

        public Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
        {
            Calls++;
            throw Calls == 1 ? new IOException("broken pipe") : ApiErrors.Unavailable("away");
        }

        public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
