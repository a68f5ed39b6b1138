/* A libusb for one program without a kernel: the 22 functions that Debian's libccid calls, spoken to a USB/IP server.
 *
 * Preloaded into pcscd, it makes the unmodified USB driver of libccid drive a virtual device: USBIP_PORT names a port of
 * 127.0.0.1 where one device is served. Only what libccid uses is here; whatever else a program wants it does not find.
 *
 * One thread receives. A transfer is a record in a list from its submission to its completion; whoever waits for one sleeps
 * on the condition that is signalled for each completion. Synchronous calls are asynchronous ones that are waited for.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { VERSION = 0x0111, IMPORT = 0x8003, SUBMIT = 1, UNLINK = 2, SUBMITTED = 3, UNLINKED = 4, RECORD = 312, LONGEST = 1 << 17 };

struct libusb_device {
    struct libusb_device_descriptor descriptor;
    unsigned char configuration[1024];
    int length;
};
struct libusb_device_handle {
    struct libusb_device *device;
};

/* A transfer on its way. `unlinking` is the sequence number of the request to give it up, 0 where there is none. */
struct urb {
    struct urb *next;
    uint32_t sequence, unlinking;
    int is_in, done, status, length, room, expired;
    unsigned char *buffer;
    struct libusb_transfer *transfer;
    struct timespec deadline;
};

/* The head of every message that carries a transfer, all numbers big-endian. */
struct message {
    uint32_t command, sequence, device, is_in, endpoint, a, b, c, d, e;
    unsigned char setup[8];
};

static struct libusb_device the_device;
static struct libusb_device *the_list[2];
static struct libusb_device_handle the_handle;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t completed = PTHREAD_COND_INITIALIZER;
static struct urb *urbs;
static int line = -1, gone;
static uint32_t sequences;

static int receive(void *buffer, size_t size) {
    return recv(line, buffer, size, MSG_WAITALL) == (ssize_t)size ? 0 : -1;
}

static int transmit(const void *buffer, size_t size) {
    const char *from = buffer;
    while (size) {
        ssize_t sent = send(line, from, size, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        from += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* Completes whatever the message speaks of; called with the lock. */
static void complete(const struct message *message, const unsigned char *data, int length) {
    int status = (int)ntohl(message->a);
    for (struct urb *urb = urbs; urb; urb = urb->next) {
        int unlinked = ntohl(message->command) == UNLINKED;
        if (urb->done || ntohl(message->sequence) != (unlinked ? urb->unlinking : urb->sequence)) continue;
        if (unlinked && status == 0) continue; /* it was completed before: its own message says how */
        urb->status = status;
        urb->length = length < urb->room ? length : urb->room;
        if (urb->is_in && data) memcpy(urb->buffer, data, (size_t)urb->length);
        urb->done = 1;
    }
    pthread_cond_broadcast(&completed);
}

static int is_in(uint32_t sequence) {
    for (struct urb *urb = urbs; urb; urb = urb->next)
        if (urb->sequence == sequence) return urb->is_in;
    return 0;
}

static void *listen_to(void *nothing) {
    static unsigned char data[LONGEST];
    struct message message;
    (void)nothing;
    while (!receive(&message, sizeof message)) {
        int length = ntohl(message.command) == SUBMITTED ? (int)ntohl(message.b) : 0;
        pthread_mutex_lock(&lock);
        int follows = length && is_in(ntohl(message.sequence));
        pthread_mutex_unlock(&lock);
        if (length < 0 || length > LONGEST || (follows && receive(data, (size_t)length))) break;
        pthread_mutex_lock(&lock);
        complete(&message, follows ? data : NULL, length);
        pthread_mutex_unlock(&lock);
    }
    pthread_mutex_lock(&lock);
    gone = 1;
    for (struct urb *urb = urbs; urb; urb = urb->next)
        if (!urb->done) urb->done = 1, urb->status = -ENODEV;
    pthread_cond_broadcast(&completed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Sends a transfer and puts it into the list; called with the lock. */
static struct urb *submit(int in, int endpoint, const unsigned char *setup, unsigned char *buffer, int size, unsigned timeout) {
    struct message message = {htonl(SUBMIT), 0, htonl(0x10001), htonl((uint32_t)in), htonl((uint32_t)endpoint), 0,
                              htonl((uint32_t)size), 0, 0, 0, {0}};
    struct urb *urb = calloc(1, sizeof *urb);
    if (!urb) return NULL;
    urb->sequence = ++sequences;
    urb->is_in = in;
    urb->buffer = buffer;
    urb->room = size;
    clock_gettime(CLOCK_REALTIME, &urb->deadline);
    urb->deadline.tv_sec += timeout ? timeout / 1000 : 1000000;
    urb->deadline.tv_nsec += timeout % 1000 * 1000000L;
    if (urb->deadline.tv_nsec >= 1000000000L) urb->deadline.tv_sec++, urb->deadline.tv_nsec -= 1000000000L;
    message.sequence = htonl(urb->sequence);
    if (setup) memcpy(message.setup, setup, 8);
    urb->next = urbs;
    urbs = urb;
    if (gone || transmit(&message, sizeof message) || (!in && size && transmit(buffer, (size_t)size)))
        urb->done = 1, urb->status = -ENODEV;
    return urb;
}

static void unlink_urb(struct urb *urb) {
    struct message message = {htonl(UNLINK), 0, htonl(0x10001), 0, 0, htonl(urb->sequence), 0, 0, 0, 0, {0}};
    if (urb->unlinking) return;
    urb->unlinking = ++sequences;
    message.sequence = htonl(urb->unlinking);
    transmit(&message, sizeof message);
}

/* Sleeps until something is completed or the transfer's time is over, and then gives it up. */
static void sleep_for(struct urb *urb) {
    if (urb->done) return;
    if (urb->unlinking)
        pthread_cond_wait(&completed, &lock);
    else if (pthread_cond_timedwait(&completed, &lock, &urb->deadline) == ETIMEDOUT && !urb->done)
        urb->expired = 1, unlink_urb(urb);
}

static void forget(struct urb *urb) {
    struct urb **at = &urbs;
    while (*at && *at != urb) at = &(*at)->next;
    if (*at) *at = urb->next;
    free(urb);
}

static int meaning(const struct urb *urb) {
    if (urb->status == 0) return 0;
    if (urb->status == -EPIPE) return LIBUSB_ERROR_PIPE;
    if (urb->status == -ECONNRESET) return urb->expired ? LIBUSB_ERROR_TIMEOUT : LIBUSB_ERROR_INTERRUPTED;
    return urb->status == -ENODEV ? LIBUSB_ERROR_NO_DEVICE : LIBUSB_ERROR_IO;
}

static int run(int in, int endpoint, const unsigned char *setup, unsigned char *buffer, int size, unsigned timeout, int *length) {
    pthread_mutex_lock(&lock);
    struct urb *urb = submit(in, endpoint, setup, buffer, size, timeout);
    while (urb && !urb->done) sleep_for(urb);
    int error = urb ? meaning(urb) : LIBUSB_ERROR_NO_MEM;
    *length = urb && !error ? urb->length : 0;
    if (urb) forget(urb);
    pthread_mutex_unlock(&lock);
    return error;
}

static int import(void) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *port = getenv("USBIP_PORT");
    unsigned char request[40] = {VERSION >> 8, VERSION & 0xFF, IMPORT >> 8, IMPORT & 0xFF}, reply[8 + RECORD];
    int yes = 1;
    pthread_t thread;
    if (!port) return -1;
    where.sin_port = htons((uint16_t)atoi(port));
    memcpy(request + 8, "1-1", 3);
    line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line < 0 || connect(line, (struct sockaddr *)&where, sizeof where)) return -1;
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (transmit(request, sizeof request) || receive(reply, 8) || reply[7] || receive(reply + 8, RECORD)) return -1;
    if (pthread_create(&thread, NULL, listen_to, NULL)) return -1;
    return pthread_detach(thread);
}

int libusb_init(libusb_context **context) {
    int length;
    if (context) *context = NULL;
    if (line >= 0) return 0;
    if (import()) return LIBUSB_ERROR_OTHER;
    unsigned char device[] = {0x80, 6, 0, 1, 0, 0, 18, 0}, configuration[] = {0x80, 6, 0, 2, 0, 0, 0, 4};
    if (run(1, 0, device, (unsigned char *)&the_device.descriptor, 18, 5000, &length) || length != 18) return LIBUSB_ERROR_OTHER;
    return run(1, 0, configuration, the_device.configuration, sizeof the_device.configuration, 5000, &the_device.length);
}

void libusb_exit(libusb_context *context) { (void)context; }

ssize_t libusb_get_device_list(libusb_context *context, libusb_device ***list) {
    (void)context;
    the_list[0] = gone ? NULL : &the_device;
    *list = the_list;
    return gone ? 0 : 1;
}

void libusb_free_device_list(libusb_device **list, int unref) { (void)list, (void)unref; }
uint8_t libusb_get_bus_number(libusb_device *device) { return (void)device, 1; }
uint8_t libusb_get_device_address(libusb_device *device) { return (void)device, 2; }

int libusb_get_device_descriptor(libusb_device *device, struct libusb_device_descriptor *descriptor) {
    *descriptor = device->descriptor; /* the hosts of Debian that have this package are little-endian, as USB is */
    return 0;
}

/* The configuration as libusb lays it out: one interface with one setting; what follows the interface is its `extra`. */
int libusb_get_active_config_descriptor(libusb_device *device, struct libusb_config_descriptor **wanted) {
    struct laid_out {
        struct libusb_config_descriptor configuration;
        struct libusb_interface interface;
        struct libusb_interface_descriptor setting;
        struct libusb_endpoint_descriptor endpoints[8];
    } *laid = calloc(1, sizeof *laid);
    if (!laid) return LIBUSB_ERROR_NO_MEM;
    const unsigned char *at = device->configuration, *end = at + device->length;
    for (; at + 2 <= end && at[0] >= 2 && at + at[0] <= end; at += at[0]) {
        if (at[1] == LIBUSB_DT_CONFIG) {
            memcpy(&laid->configuration, at, 9);
        } else if (at[1] == LIBUSB_DT_INTERFACE) {
            memcpy(&laid->setting, at, 9);
            laid->setting.bNumEndpoints = 0;
        } else if (at[1] == LIBUSB_DT_ENDPOINT && laid->setting.bNumEndpoints < 8) {
            memcpy(&laid->endpoints[laid->setting.bNumEndpoints++], at, 7);
        } else {
            laid->setting.extra = at;
            laid->setting.extra_length = at[0];
        }
    }
    laid->setting.endpoint = laid->endpoints;
    laid->interface.altsetting = &laid->setting;
    laid->interface.num_altsetting = 1;
    laid->configuration.interface = &laid->interface;
    *wanted = &laid->configuration;
    return 0;
}

void libusb_free_config_descriptor(struct libusb_config_descriptor *configuration) { free(configuration); }

int libusb_open(libusb_device *device, libusb_device_handle **handle) {
    the_handle.device = device;
    *handle = &the_handle;
    return gone ? LIBUSB_ERROR_NO_DEVICE : 0;
}

void libusb_close(libusb_device_handle *handle) { (void)handle; }
int libusb_claim_interface(libusb_device_handle *handle, int number) { return (void)handle, (void)number, 0; }
int libusb_release_interface(libusb_device_handle *handle, int number) { return (void)handle, (void)number, 0; }

int libusb_control_transfer(libusb_device_handle *handle, uint8_t kind, uint8_t request, uint16_t value, uint16_t index,
                            unsigned char *data, uint16_t size, unsigned timeout) {
    unsigned char setup[8] = {kind, request, value & 0xFF, value >> 8, index & 0xFF, index >> 8, size & 0xFF, size >> 8};
    int length, error = run(kind >> 7, 0, setup, data, size, timeout, &length);
    (void)handle;
    return error ? error : length;
}

int libusb_get_string_descriptor_ascii(libusb_device_handle *handle, uint8_t number, unsigned char *text, int room) {
    unsigned char utf16[255];
    int length = libusb_control_transfer(handle, 0x80, 6, (uint16_t)(0x300 | number), 0x0409, utf16, sizeof utf16, 1000), at = 0;
    if (length < 2) return length < 0 ? length : LIBUSB_ERROR_IO;
    for (int from = 2; from + 1 < length && at + 1 < room; from += 2) text[at++] = utf16[from + 1] ? '?' : utf16[from];
    text[at] = 0;
    return at;
}

int libusb_bulk_transfer(libusb_device_handle *handle, unsigned char endpoint, unsigned char *data, int size, int *length,
                         unsigned timeout) {
    int moved, error = run(endpoint >> 7, endpoint & 0x7F, NULL, data, size, timeout, &moved);
    (void)handle;
    if (length) *length = moved;
    return error;
}

struct libusb_transfer *libusb_alloc_transfer(int packets) {
    return (void)packets, calloc(1, sizeof(struct libusb_transfer));
}

void libusb_free_transfer(struct libusb_transfer *transfer) { free(transfer); }

int libusb_submit_transfer(struct libusb_transfer *transfer) {
    pthread_mutex_lock(&lock);
    struct urb *urb = gone ? NULL : submit(transfer->endpoint >> 7, transfer->endpoint & 0x7F, NULL, transfer->buffer,
                                           transfer->length, transfer->timeout);
    if (urb) urb->transfer = transfer;
    pthread_mutex_unlock(&lock);
    return urb ? 0 : LIBUSB_ERROR_NO_DEVICE;
}

int libusb_cancel_transfer(struct libusb_transfer *transfer) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (struct urb *urb = urbs; urb; urb = urb->next)
        if (urb->transfer == transfer && !urb->done) found = 1, unlink_urb(urb);
    pthread_mutex_unlock(&lock);
    return found ? 0 : LIBUSB_ERROR_NOT_FOUND;
}

/* Waits for one asynchronous transfer, whosever it is, and tells its owner. */
int libusb_handle_events_completed(libusb_context *context, int *is_completed) {
    (void)context;
    pthread_mutex_lock(&lock);
    while (!is_completed || !*is_completed) {
        struct urb *first = NULL, *urb = urbs;
        for (; urb && !(urb->transfer && urb->done); urb = urb->next)
            if (urb->transfer && !first) first = urb;
        if (urb) {
            struct libusb_transfer *transfer = urb->transfer;
            transfer->actual_length = urb->status ? 0 : urb->length;
            transfer->status = urb->status == 0             ? LIBUSB_TRANSFER_COMPLETED
                               : urb->expired               ? LIBUSB_TRANSFER_TIMED_OUT
                               : urb->status == -ECONNRESET ? LIBUSB_TRANSFER_CANCELLED
                               : urb->status == -EPIPE      ? LIBUSB_TRANSFER_STALL
                                                            : LIBUSB_TRANSFER_NO_DEVICE;
            forget(urb);
            pthread_mutex_unlock(&lock);
            transfer->callback(transfer);
            return 0;
        }
        if (!first) break;
        sleep_for(first);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

const char *libusb_error_name(int code) {
    static __thread char name[32];
    snprintf(name, sizeof name, "libusb error %d", code);
    return name;
}
