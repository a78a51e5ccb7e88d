using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Sqlite;
using Strata.Store.Tests.Contract;

namespace Strata.Store.Tests;

public sealed class SqliteStoreTests : RevisionedStoreContract
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("store.db");

    [Fact]
    public async Task Entries_history_and_revision_survive_a_restart()
    {
        await Written("a", "1");
        await Written("b", "1");
        await Store.Delete("a");
        await Store.DisposeAsync();

        await using var again = Open();

        Assert.Equal(4, await again.Revision());
        Assert.Equal("1", (await again.Get("b"))!.Value.Text());
        Assert.Equal("4 delete a=1 c2 m2 v1", (await again.Changes("", after: 1, through: 4))[^1].Describe());
        Assert.Equal(5, (await again.Put("a", "2")).Revision);
    }

    [Fact]
    public async Task The_revision_survives_a_restart_after_everything_was_deleted_and_compacted()
    {
        await Written("a", "1");
        await Store.Delete("a");
        await Store.Compact(3);
        await Store.DisposeAsync();

        await using var again = Open();

        Assert.Equal(3, await again.Revision());
        Assert.Equal(4, (await again.Put("a", "2")).Revision);
        await Assert.ThrowsAsync<CompactedException>(async () => await again.Get("a", at: 2));
    }

    [Fact]
    public void A_store_that_is_open_elsewhere_says_which()
    {
        var error = Assert.Throws<StoreLockedException>(Open);

        Assert.Equal($"{Path} is in use by another process", error.Message);
    }

    [Fact]
    public async Task A_full_store_refuses_writes_with_a_name_for_it_and_goes_on_when_there_is_room()
    {
        await using var small = Open("small.db", new SqliteStoreOptions { Path = _folder.File("small.db"), MaxSizeBytes = 1 << 20 });
        var big = new string('x', 50_000);
        var written = 0;
        var error = await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            for (; written < 1000; written++)
            {
                await small.Put("same", big);
            }
        });
        var revision = await small.Revision();

        Assert.Contains("small.db", error.Message, StringComparison.Ordinal);
        Assert.Equal(written + 1, revision);
        Assert.Equal(revision, (await small.Get("same"))!.ModRevision);
        await small.Compact(revision);
        Assert.Equal(revision + 1, (await small.Put("same", big)).Revision);
    }

    [Fact]
    public void A_file_that_is_no_database_is_reported_as_damaged()
    {
        File.WriteAllText(_folder.File("text.db"), new string('x', 100_000));

        var error = Assert.Throws<StoreCorruptException>(() => Open("text.db"));

        Assert.Contains(_folder.File("text.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_inside_the_file_is_found_when_it_is_opened()
    {
        for (var i = 0; i < 200; i++)
        {
            await Written($"k{i}", new string('x', 500));
        }
        await Store.DisposeAsync();
        using (var file = new FileStream(Path, FileMode.Open))
        {
            file.Seek(8192 * 5, SeekOrigin.Begin);
            file.Write(new byte[8192]);
        }

        Assert.Contains(Path, Assert.Throws<StoreCorruptException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_integrity_check_that_takes_too_long_does_not_keep_the_store_closed()
    {
        for (var i = 0; i < 200; i++)
        {
            await Written($"k{i}", new string('x', 500));
        }
        await Store.DisposeAsync();

        await using var again = Open("store.db", new SqliteStoreOptions { Path = Path, IntegrityCheckLimit = TimeSpan.FromTicks(1) });

        Assert.Equal(201, await again.Revision());
    }

    [Fact]
    public async Task A_store_may_begin_at_a_revision_of_its_own()
    {
        await using var later = Open("later.db", new SqliteStoreOptions { Path = _folder.File("later.db"), FirstRevision = 1_000_000 });

        Assert.Equal(1_000_000, await later.Revision());
        Assert.Equal(1_000_001, (await later.Put("a", "1")).Revision);
        Assert.Equal(["1000001 put a=1 c1000001 m1000001 v1"], (await later.Changes("", after: 1_000_000, through: 1_000_001)).Select(change => change.Describe()));
        await Assert.ThrowsAsync<CompactedException>(async () => await later.Changes("", after: 999_999, through: 1_000_001));
    }

    [Fact]
    public async Task A_snapshot_shows_one_moment_while_writes_go_on()
    {
        await Written("a", "1");
        await Written("b", "1");
        using var snapshot = SqliteSnapshot.Open(Path);
        await Written("a", "2");
        await Store.Delete("b");

        Assert.Equal(3, snapshot.Revision);
        Assert.Equal(["a=1 c2 m2 v1", "b=1 c3 m3 v1"], snapshot.ReadEntries().Select(entry => entry.Describe()));
    }

    [Fact]
    public async Task The_write_ahead_log_shrinks_again_after_readers_kept_it()
    {
        const int Limit = 1 << 20;
        await using var store = Open("wal.db", new SqliteStoreOptions { Path = _folder.File("wal.db"), MaxLogBytes = Limit });
        var value = new string('x', 100_000);
        using (SqliteSnapshot.Open(_folder.File("wal.db")))
        {
            for (var i = 0; i < 3; i++)
            {
                await store.Put("a", value); // Below the limit, so that nothing waits for the snapshot yet.
            }
        }
        for (var i = 0; i < 50; i++)
        {
            await store.Put("a", value);
        }

        Assert.InRange(new FileInfo(_folder.File("wal.db-wal")).Length, 0, Limit + 500_000);
        Assert.Equal(54, await store.Revision());
    }

    [Fact]
    public void Somebody_elses_database_is_left_alone()
    {
        using (var database = Database.Open(_folder.File("other.db"), readOnly: false))
        {
            database.Execute("CREATE TABLE theirs (x)");
        }
        var before = File.ReadAllBytes(_folder.File("other.db"));

        var error = Assert.Throws<StoreCorruptException>(() => Open("other.db"));

        Assert.Contains("not a Strata store", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder.File("other.db")));
    }

    [Fact]
    public void A_path_that_cannot_be_created_is_named()
    {
        File.WriteAllText(_folder.File("file"), "");

        var error = Assert.Throws<StoreException>(() => Open("file/store.db"));

        Assert.Contains(_folder.File("file/store.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_owner_can_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        foreach (var path in Directory.GetFiles(_folder.Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    protected override ValueTask<IRevisionedStore> OpenAsync() => ValueTask.FromResult<IRevisionedStore>(Open());

    protected override ValueTask CleanupAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private SqliteStore Open() => Open("store.db");

    private SqliteStore Open(string name, SqliteStoreOptions? options = null) =>
        SqliteStore.Open(options ?? new SqliteStoreOptions { Path = _folder.File(name) }, NullLogger<SqliteStore>.Instance);
}
